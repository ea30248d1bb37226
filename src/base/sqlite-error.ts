import { describeError } from './errors.ts';

/** Primary result codes. Source: https://www.sqlite.org/rescode.html */
export const BUSY = 5;
export const READONLY = 8;
const CORRUPT = 11;
export const FULL = 13;
export const CANTOPEN = 14;
export const CONSTRAINT = 19;
const NOT_A_DATABASE = 26;

const EXPLANATIONS: Readonly<Record<number, string>> = {
  [BUSY]: 'is locked by another process',
  [READONLY]: 'cannot be written: the file or its disk is read-only',
  [CORRUPT]: 'is damaged',
  [FULL]: 'cannot grow: the disk is full',
  [CANTOPEN]: 'cannot be opened: its directory does not exist or may not be written',
  [NOT_A_DATABASE]: 'is not a SQLite database',
};

const FILE_SYSTEM_CODES: ReadonlyMap<unknown, number> = new Map([
  ['EROFS', READONLY],
  ['ENOSPC', FULL],
  ['EACCES', CANTOPEN],
  ['EPERM', CANTOPEN],
  ['ENOENT', CANTOPEN],
  ['ENOTDIR', CANTOPEN],
  ['EEXIST', CANTOPEN],
]);

/** A store that cannot be used, and why. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  /** SQLite's primary result code. */
  readonly code: number;

  constructor(message: string, code: number, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** SQLite's primary result code for what was thrown, by SQLite or by the file system; 1 where there is none. */
export function resultCode(error: unknown): number {
  if (error instanceof StoreError) return error.code;
  if (!(error instanceof Error)) return 1;
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode & 0xff;
  return ('code' in error && FILE_SYSTEM_CODES.get(error.code)) || 1;
}

/** Whether SQLite says that the file's content is not what it wrote. */
export function isDamage(error: unknown): boolean {
  const code = resultCode(error);
  return code === CORRUPT || code === NOT_A_DATABASE;
}

/** A sentence about what was thrown while the store at `path` was used, for people. */
export function explainStoreError(path: string, error: unknown): string {
  if (error instanceof StoreError) return error.message;
  return `the store ${path} ${EXPLANATIONS[resultCode(error)] ?? `failed: ${describeError(error)}`}`;
}
