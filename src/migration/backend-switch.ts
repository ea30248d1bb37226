import { readFile } from 'node:fs/promises';
import type { Clock, Timer } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import { ConfigurationError, describeError } from '../base/errors.ts';
import { importPackage } from '../base/import-package.ts';
import { oneOf, parseOrThrow } from '../config/parse-value.ts';
import { parseConfigFile } from '../config/read-config-file.ts';
import type { ResolvedConfig } from '../config/resolve-config.ts';
import type { SettingValues } from '../config/setting-values.ts';
import { MIGRATION_SETTINGS } from '../config/settings/migration.ts';

// The live switch between the mappings. The exporter asks `current()` once for each finished turn; in between, the
// source (the YAML file, a feature-flag provider) is read again and again. Reading a small file four times a second
// costs less than it takes to explain the file-system events that editors, volumes and network mounts do not send.
// Invariant: `current()` is always a value that was read whole: twice in a row, because a writer may be half way.

/** Which mapping makes the rows: the old tracker's, the span mapping, or both side by side. */
export type Backend = SettingValues['backend'];

export interface BackendSwitch {
  /** The last good value. */
  current(): Backend;
  /** Stops reading; `current()` stays as it is. */
  close(): void;
}

/** Reads the switch afresh; rejects where there is no value, or none that is allowed. */
type ReadBackend = () => Promise<Backend>;

/** Between two readings; a change takes effect after two of them. */
const INTERVAL_MILLIS = 250;

/**
 * The switch as the configuration asks for it: an OpenFeature flag, or the configuration file where that names the
 * backend. One that code or the environment gives wins over the file for good, so nothing is watched then.
 * It never fails: what cannot be read keeps the last good value and is said once.
 */
export function watchBackend(config: ResolvedConfig, clock: Clock, diagnostics: Diagnostics): BackendSwitch {
  let current = config.values.backend;
  let previous: Backend | undefined = current;
  let closed = false;
  let timer: Timer | undefined;
  const readAgain = async (read: ReadBackend): Promise<void> => {
    const found = await read().catch((error: unknown): undefined => {
      const problem = `${describeError(error)}; the backend stays ${current}`;
      if (previous !== undefined && !closed) diagnostics.warn('backend-unreadable', problem);
    });
    if (closed) return;
    if (found !== undefined && found !== current && found === previous) {
      diagnostics.info(`[ANALYTICS] Backend: ${found} (was ${current})`);
      current = found;
    }
    previous = found;
    schedule(read);
  };
  const schedule = (read: ReadBackend): void => {
    timer = clock.setTimer(() => void readAgain(read), INTERVAL_MILLIS);
  };
  const read = chooseSource(config);
  if (read !== undefined) schedule(read);
  return {
    current: () => current,
    close() {
      closed = true;
      timer?.cancel();
    },
  };
}

function chooseSource({ values, sources, configFile, env }: ResolvedConfig): ReadBackend | undefined {
  if (values.backendSource === 'openfeature') return readFlag(values.backendFlagKey);
  return configFile === undefined || sources.backend !== 'file' ? undefined : readConfig(configFile, env);
}

/**
 * The flag of an OpenFeature provider, so that flagd, LaunchDarkly or a cloud's own flags can turn the switch. A provider that
 * is not ready, or does not know the flag, gives no value.
 */
function readFlag(flagKey: string): ReadBackend {
  return async () => {
    const { OpenFeature } = await importPackage(
      '@openfeature/server-sdk',
      'The backend flag from OpenFeature',
      () => import('@openfeature/server-sdk'),
    );
    const details = await OpenFeature.getClient('spanledger').getStringDetails(flagKey, '');
    if (details.errorCode === undefined) return parseBackend(details.value, `OpenFeature flag ${flagKey}`);
    throw new ConfigurationError(
      `OpenFeature flag ${flagKey}`,
      `cannot be read: ${details.errorCode} ${details.errorMessage ?? ''}`.trimEnd(),
    );
  };
}

/** The configuration file, valid as a whole and with the backend in it: half a file is no return to the default. */
function readConfig(path: string, env: ResolvedConfig['env']): ReadBackend {
  let last: { readonly text: string; readonly parsed: Promise<Backend> } | undefined;
  return async () => {
    const text = await readFile(path, 'utf8');
    // Parsed only where something changed: this runs several times a second.
    if (last?.text !== text) last = { text, parsed: parseFile(path, text, env) };
    return last.parsed;
  };
}

async function parseFile(path: string, text: string, env: ResolvedConfig['env']): Promise<Backend> {
  const { key } = MIGRATION_SETTINGS.backend;
  const { values } = parseConfigFile(path, text, env);
  if (!values.has(key)) throw new ConfigurationError(`${path}: ${key}`, 'is missing');
  return parseBackend(values.get(key), `${path}: ${key}`);
}

function parseBackend(value: unknown, key: string): Backend {
  return parseOrThrow(oneOf(MIGRATION_SETTINGS.backend.allowed), value, key);
}
