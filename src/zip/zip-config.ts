import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { ConfigurationError } from '../base/errors.ts';
import { resolveDestination, type ZipDestination } from './zip-destination.ts';
import type { CreateZipOptions, SignedUrlOptions } from './zip-options.ts';

/** Options that all have a value. */
export type Settled<Options> = { readonly [Name in keyof Options]-?: NonNullable<Options[Name]> };

/** Options of one archive, checked and complete. */
export interface ZipConfig
  extends Settled<Pick<CreateZipOptions, NumericOption | 'order' | 'onMissing' | 'temporaryFolder' | 'id'>> {
  readonly destination: ZipDestination;
  readonly signedUrl: Settled<SignedUrlOptions> | undefined;
}

type NumericOption =
  | 'concurrency'
  | 'level'
  | 'timeoutMillis'
  | 'stallTimeoutMillis'
  | 'retries'
  | 'maxEntryBytes'
  | 'maxTotalBytes';

/** Default, least and greatest value. Time-outs end where `setTimeout` does; the rest are bounds of good sense. */
const NUMBERS: Readonly<Record<NumericOption, readonly [number, number, number]>> = {
  concurrency: [10, 1, 256],
  level: [1, 0, 9],
  timeoutMillis: [300_000, 1, 2_147_483_647],
  stallTimeoutMillis: [30_000, 1, 2_147_483_647],
  retries: [2, 0, 100],
  maxEntryBytes: [Number.POSITIVE_INFINITY, 0, Number.POSITIVE_INFINITY],
  maxTotalBytes: [Number.POSITIVE_INFINITY, 0, Number.POSITIVE_INFINITY],
};

const HOUR_SECONDS = 3_600;
const WEEK_SECONDS = 604_800;

/** Throws a `ConfigurationError` that names the option, its value and what is allowed. */
export function resolveZipConfig(options: CreateZipOptions): ZipConfig {
  const { entries } = options;
  if (
    typeof entries !== 'object' ||
    entries === null ||
    !(Symbol.iterator in entries || Symbol.asyncIterator in entries)
  ) {
    throw new ConfigurationError('createZip.entries', `is ${typeof entries}; allowed: an array or a generator`);
  }
  const destination = resolveDestination(options.destination);
  return {
    id: options.id ?? randomUUID(),
    destination,
    concurrency: resolveNumber(options, 'concurrency'),
    level: resolveNumber(options, 'level'),
    timeoutMillis: resolveNumber(options, 'timeoutMillis'),
    stallTimeoutMillis: resolveNumber(options, 'stallTimeoutMillis'),
    retries: resolveNumber(options, 'retries'),
    maxEntryBytes: resolveNumber(options, 'maxEntryBytes'),
    maxTotalBytes: resolveNumber(options, 'maxTotalBytes'),
    order: resolveWord('order', options.order ?? 'given', ['given', 'arrival']),
    onMissing: resolveWord('onMissing', options.onMissing ?? 'skip', ['skip', 'fail']),
    temporaryFolder: options.temporaryFolder ?? tmpdir(),
    signedUrl: resolveSignedUrl(options.signedUrl, destination),
  };
}

function resolveNumber(options: CreateZipOptions, key: NumericOption): number {
  const [fallback, least, greatest] = NUMBERS[key];
  const value = options[key] ?? fallback;
  const isWhole = Number.isInteger(value) || value === Number.POSITIVE_INFINITY;
  if (!isWhole || value < least || value > greatest) {
    throw new ConfigurationError(
      `createZip.${key}`,
      `is ${value}; allowed: whole numbers from ${least} to ${greatest}`,
    );
  }
  return value;
}

function resolveWord<T extends string>(key: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw new ConfigurationError(`createZip.${key}`, `is ${JSON.stringify(value)}; allowed: ${allowed.join(', ')}`);
}

function resolveSignedUrl(
  signedUrl: SignedUrlOptions | undefined,
  destination: ZipDestination,
): Settled<SignedUrlOptions> | undefined {
  if (signedUrl === undefined) return undefined;
  if (destination.kind !== 'remote') throw new ConfigurationError('createZip.signedUrl', 'needs a gs:// destination');
  const { expiresInSeconds = HOUR_SECONDS, fileName = destination.object.name.split('/').at(-1) ?? '' } = signedUrl;
  if (!(Number.isInteger(expiresInSeconds) && expiresInSeconds >= 1 && expiresInSeconds <= WEEK_SECONDS)) {
    const problem = `is ${expiresInSeconds}; allowed: whole numbers from 1 to ${WEEK_SECONDS} (7 days)`;
    throw new ConfigurationError('createZip.signedUrl.expiresInSeconds', problem);
  }
  return { expiresInSeconds, fileName };
}
