import type { Clock } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import type { ResolvedConfig } from '../config/resolve-config.ts';
import { type BackendFlag, createBackendFlag, fixedBackend, type ReadBackend } from './backend-flag.ts';
import { createOpenFeatureBackend } from './openfeature-backend.ts';
import { createBackendFileReader } from './read-backend-file.ts';

/**
 * The live switch as the configuration asks for it: an OpenFeature flag, or the configuration file where that names the
 * backend. One that code or the environment gives wins over the file for good, so nothing is watched then.
 */
export function watchBackend(config: ResolvedConfig, clock: Clock, diagnostics: Diagnostics): BackendFlag {
  const { backend: initial, backendSource, backendFlagKey } = config.values;
  if (backendSource === 'openfeature') {
    const source = `OpenFeature flag ${backendFlagKey}`;
    return createBackendFlag({ initial, read: readOpenFeature(backendFlagKey), source, clock, diagnostics });
  }
  const { configFile } = config;
  if (configFile === undefined || config.sources.backend !== 'file') return fixedBackend(initial);
  const read = createBackendFileReader(configFile, config.env);
  return createBackendFlag({ initial, read, source: configFile, clock, diagnostics });
}

/** The package is loaded at the first reading, and asked for again while it is missing. */
function readOpenFeature(flagKey: string): ReadBackend {
  let reader: Promise<ReadBackend> | undefined;
  return async () => {
    reader ??= createOpenFeatureBackend({ flagKey });
    return (await reader)();
  };
}
