import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Diagnostics } from '../base/diagnostics.ts';
import type { ConversationRecord } from '../record/conversation-columns.ts';
import { readTurn } from '../record/read-turn.ts';
import type { Turn } from '../spans/turn.ts';
import { buildLegacyRecord, type LegacyConstants } from './build-legacy-record.ts';
import { buildLegacyFrame } from './legacy-frame.ts';
import { readLegacyRow } from './read-legacy-row.ts';
import type { TurnMapping } from './run-mapping.ts';

/**
 * A tracker of one's own: the row that it would have stored for the turn, as an object with the columns' names. It is
 * given a copy of the turn, which it may change.
 */
export type LegacyTracker = (turn: Turn) => unknown;

export interface LegacyMappingOptions {
  /**
   * A tracker of one's own instead of the built-in mapping: a path (relative to `baseDirectory`) or a package, with
   * `#name` behind it where the function is not the default export.
   */
  readonly module?: string | undefined;
  /** Default: the process's working directory. */
  readonly baseDirectory?: string | undefined;
  /** What the built-in mapping writes into every row. */
  readonly constants?: LegacyConstants | undefined;
}

/**
 * Loads the legacy mapping. The import of a module of one's own starts here and may fail: each turn's mapping then
 * fails with that reason.
 */
export function loadLegacyMapping(options: LegacyMappingOptions, diagnostics: Diagnostics): TurnMapping {
  const { module, constants } = options;
  if (module === undefined) return (turn) => buildLegacyRecord(readTurn(turn), constants);
  const loading = importTracker(module, options.baseDirectory ?? process.cwd());
  // Reported by each turn that awaits it; here it must not count as unhandled.
  loading.catch(() => {});
  return async (turn): Promise<ConversationRecord> => {
    const tracker = await loading;
    const row: unknown = await tracker(structuredClone(turn));
    const { record, misfits } = readLegacyRow(row, buildLegacyFrame(readTurn(turn)));
    for (const column of misfits) {
      diagnostics.warn(
        `legacy-misfit-${column}`,
        `${module}: the value of ${column} does not fit the column; left out`,
      );
    }
    return record;
  };
}

async function importTracker(module: string, baseDirectory: string): Promise<LegacyTracker> {
  const [specifier = '', exportName = 'default'] = module.split('#', 2);
  const loaded: Record<string, unknown> = await import(resolveSpecifier(specifier, baseDirectory));
  const tracker = loaded[exportName];
  if (!isTracker(tracker)) throw new TypeError(`${specifier} has no function as export "${exportName}"`);
  return tracker;
}

/** A package is looked for from the user's directory, not from ours. */
function resolveSpecifier(specifier: string, baseDirectory: string): string {
  if (specifier.startsWith('.') || isAbsolute(specifier)) return pathToFileURL(resolve(baseDirectory, specifier)).href;
  try {
    const found = createRequire(join(baseDirectory, 'package.json')).resolve(specifier);
    return isAbsolute(found) ? pathToFileURL(found).href : found;
  } catch {
    // A package for `import` only, or a URL.
    return specifier;
  }
}

function isTracker(value: unknown): value is LegacyTracker {
  return typeof value === 'function';
}
