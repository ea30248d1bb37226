import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { loadSqlite } from './load-sqlite.ts';
import { CANTOPEN, explainStoreError, resultCode, StoreError } from './sqlite-error.ts';

export interface OpenOptions {
  /**
   * How long a statement waits for another process's lock, in milliseconds. It blocks the event loop meanwhile, so a
   * host's writer waits briefly and tries again later.
   */
  readonly busyTimeoutMillis: number;
}

export interface WritableOptions extends OpenOptions {
  /** `process`: what is committed survives `kill -9`; `power`: the loss of power as well. Default `process`. */
  readonly durability?: 'process' | 'power';
  /** Whether the first write takes a lock that is kept until the file is closed or the process dies. */
  readonly exclusive?: boolean;
}

/**
 * Opens a store to write, in WAL mode so that readers and the writer do not wait for each other; creates it and its
 * directory if need be.
 *
 * @throws {StoreError} with SQLite's result code
 */
export function openWritable(path: string, options: WritableOptions): DatabaseSync {
  const { busyTimeoutMillis, durability = 'process', exclusive = false } = options;
  return describeFailure(path, () => {
    // The store holds what people said: for its owner only.
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const database = new (loadSqlite().DatabaseSync)(path);
    return prepare(database, [
      // Node 22.13 ignores the constructor's `timeout`.
      `PRAGMA busy_timeout = ${busyTimeoutMillis}`,
      // Before WAL mode, which then needs no memory that is shared.
      ...(exclusive ? ['PRAGMA locking_mode = EXCLUSIVE', 'PRAGMA journal_size_limit = 8388608'] : []),
      'PRAGMA journal_mode = WAL',
      // NORMAL: only a power failure can take the last commits.
      `PRAGMA synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'}`,
    ]);
  });
}

/** Opens an existing store to read, on a read-only disk as well. */
export function openReadOnly(path: string, { busyTimeoutMillis }: OpenOptions): DatabaseSync {
  if (!existsSync(path)) throw new StoreError(`no store at ${path}`, CANTOPEN);
  return describeFailure(path, () => {
    const open = (location: string): DatabaseSync =>
      prepare(new (loadSqlite().DatabaseSync)(location, { readOnly: true }), [
        `PRAGMA busy_timeout = ${busyTimeoutMillis}`,
        // The first read: opening alone does not look into the file.
        'SELECT count(*) FROM sqlite_schema',
      ]);
    try {
      return open(path);
    } catch (error) {
      // WAL mode needs to create a file beside the store. Where the disk does not let it and no WAL is left to read,
      // the file cannot change either.
      if (resultCode(error) !== CANTOPEN || hasWal(path)) throw error;
      return open(`${pathToFileURL(path).href}?immutable=1`);
    }
  });
}

/** Opens a private database that spills to a temporary file as it grows, and is gone when it is closed. */
export function openTemporary(cacheBytes: number): DatabaseSync {
  return prepare(new (loadSqlite().DatabaseSync)(''), [
    `PRAGMA cache_size = -${Math.ceil(cacheBytes / 1024)}`,
    'PRAGMA journal_mode = OFF',
    'PRAGMA synchronous = OFF',
  ]);
}

/** Runs the work in one transaction; takes the write lock at once, so that it cannot fail half-way for want of it. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    try {
      database.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself, as it does on a full disk.
    }
    throw error;
  }
}

export function closeQuietly(database: DatabaseSync | undefined): void {
  try {
    database?.close();
  } catch {
    // Closed already, or the disk refuses the last checkpoint: the write-ahead log still holds every commit.
  }
}

function describeFailure<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw new StoreError(explainStoreError(path, error), resultCode(error), { cause: error });
  }
}

function prepare(database: DatabaseSync, statements: readonly string[]): DatabaseSync {
  try {
    for (const statement of statements) database.exec(statement);
    return database;
  } catch (error) {
    closeQuietly(database);
    throw error;
  }
}

function hasWal(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}
