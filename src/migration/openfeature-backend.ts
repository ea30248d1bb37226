import { MissingPackageError } from '../base/errors.ts';
import { type Backend, parseBackend } from './backend.ts';
import type { ReadBackend } from './backend-flag.ts';

/** What is used of an OpenFeature client (`OpenFeature.getClient()` of `@openfeature/server-sdk`). */
export interface BackendFlagClient {
  getStringDetails(
    flagKey: string,
    defaultValue: string,
  ): Promise<{ readonly value: string; readonly errorCode?: string; readonly errorMessage?: string }>;
}

export interface OpenFeatureBackendOptions {
  /** Default: a client of the globally registered provider; needs the package `@openfeature/server-sdk`. */
  readonly client?: BackendFlagClient;
  /** Key of the string flag. Default `spanledger-backend`. */
  readonly flagKey?: string;
}

const DEFAULT_BACKEND_FLAG_KEY = 'spanledger-backend';

/**
 * Reads the switch from an OpenFeature provider, so that flagd, LaunchDarkly or a cloud's own flags can turn it.
 * A provider that is not ready, or does not know the flag, is an error: the last good value stays.
 *
 * @throws {MissingPackageError} where no client is given and `@openfeature/server-sdk` is not installed
 * @example
 * await OpenFeature.setProviderAndWait(new FlagdProvider());
 * const read = await createOpenFeatureBackend();
 */
export async function createOpenFeatureBackend(options: OpenFeatureBackendOptions = {}): Promise<ReadBackend> {
  const { flagKey = DEFAULT_BACKEND_FLAG_KEY } = options;
  const client = options.client ?? (await loadClient());
  return async (): Promise<Backend | Error> => {
    const details = await client.getStringDetails(flagKey, '');
    if (details.errorCode !== undefined) {
      return new Error(`flag ${flagKey}: ${details.errorCode} ${details.errorMessage ?? ''}`.trimEnd());
    }
    return parseBackend(details.value, `flag ${flagKey}`);
  };
}

async function loadClient(): Promise<BackendFlagClient> {
  try {
    const { OpenFeature } = await import('@openfeature/server-sdk');
    return OpenFeature.getClient('spanledger');
  } catch (error) {
    throw new MissingPackageError('@openfeature/server-sdk', 'The backend flag from OpenFeature', { cause: error });
  }
}
