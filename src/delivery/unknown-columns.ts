/**
 * Columns that a table was found to lack. An older table still gets its rows: these columns are left out of what is sent.
 * Each is tried again after a while, because columns are added while the process runs.
 */

import type { Clock } from '../base/clock.ts';
import { isObject } from '../base/json-value.ts';

/** More distinct columns than any table has; beyond it none is learned. */
const MAX_COLUMNS = 10_000;

export class UnknownColumns {
  readonly #clock: Clock;
  readonly #forgetAfterMillis: number;
  /** Dotted path → monotonic time after which it is tried again. */
  readonly #paths: Map<string, number> = new Map();

  constructor(clock: Clock, forgetAfterMillis: number) {
    this.#clock = clock;
    this.#forgetAfterMillis = forgetAfterMillis;
  }

  /** Whether it was news. */
  learn(path: string): boolean {
    if (path === '' || this.#paths.has(path) || this.#paths.size >= MAX_COLUMNS) return false;
    this.#paths.set(path, this.#clock.monotonic() + this.#forgetAfterMillis);
    return true;
  }

  has(path: string): boolean {
    return this.#paths.has(path);
  }

  /** The row's JSON text without the unknown columns; the same text where it has none of them. */
  strip(json: string): string {
    this.#forget();
    return this.#paths.size === 0 ? json : JSON.stringify(stripColumns(JSON.parse(json), '', this.#paths));
  }

  #forget(): void {
    const now = this.#clock.monotonic();
    for (const [path, until] of this.#paths) {
      if (until <= now) this.#paths.delete(path);
    }
  }
}

/** Dotted paths of a row's columns that a table does not have; one that stands in a list may come again. */
export function* findUnknownPaths(value: unknown, columns: ReadonlySet<string>, path = ''): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* findUnknownPaths(item, columns, path);
  if (!isObject(value)) return;
  for (const [name, child] of Object.entries(value)) {
    const at = joinPath(path, name);
    if (columns.has(at.toLowerCase())) yield* findUnknownPaths(child, columns, at);
    else yield at;
  }
}

function stripColumns(value: unknown, path: string, paths: ReadonlyMap<string, number>): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => stripColumns(item, path, paths));
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([name]) => !paths.has(joinPath(path, name)));
  return Object.fromEntries(kept.map(([name, child]) => [name, stripColumns(child, joinPath(path, name), paths)]));
}

function joinPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
