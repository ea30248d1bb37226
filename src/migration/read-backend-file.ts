import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '../base/errors.ts';
import { readConfigFile } from '../config/read-config-file.ts';
import { BACKEND_KEY, type Backend, parseBackend } from './backend.ts';
import type { ReadBackend } from './backend-flag.ts';

/**
 * Reads the switch from the configuration file again and again. The file must be valid as a whole, and must name the
 * backend: one that is half written, broken or gone is an error, not a return to the default.
 *
 * @param path absolute, or from the working directory
 * @param env for `${VARIABLE}`s in the file
 */
export function createBackendFileReader(path: string, env: Readonly<Record<string, string | undefined>>): ReadBackend {
  let last: { readonly text: string; readonly backend: Backend | Error } | undefined;
  return async () => {
    const text = await readFile(path, 'utf8');
    // Parsed only where something changed: this runs several times a second.
    if (last?.text !== text) last = { text, backend: parseConfigFile(path, env) };
    return last.backend;
  };
}

function parseConfigFile(path: string, env: Readonly<Record<string, string | undefined>>): Backend | Error {
  try {
    return parseBackend(readConfigFile(path, env)?.get(BACKEND_KEY));
  } catch (error) {
    return error instanceof Error ? error : new ConfigurationError(path, 'cannot be read');
  }
}
