import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Diagnostics } from '../base/diagnostics.ts';
import type { ConversationRecord } from '../record/conversation-columns.ts';
import type { TurnReading } from '../record/turn-reading.ts';
import type { Turn } from '../spans/turn.ts';
import { buildLegacyFrame } from './legacy-frame.ts';
import { readLegacyRow } from './read-legacy-row.ts';

/**
 * A tracker of one's own: the row that it would have stored for the turn, as an object with the columns' names. It is
 * given a copy of the turn, which it may change.
 */
export type LegacyTracker = (turn: Turn) => unknown;

/** The old tracker's record of a turn. May throw, reject or never settle. */
export type MapLegacy = (reading: TurnReading) => ConversationRecord | Promise<ConversationRecord>;

/**
 * Loads a tracker of one's own. The import starts here and may fail: each turn's mapping then fails with that reason.
 *
 * @param module a path (relative to `baseDirectory`) or a package, with `#name` behind it where the function is not the
 *   default export
 * @param baseDirectory default: the process's working directory
 */
export function loadLegacyModule(
  module: string,
  baseDirectory: string | undefined,
  diagnostics: Diagnostics,
): MapLegacy {
  const loading = importTracker(module, baseDirectory ?? process.cwd());
  // Reported by each turn that awaits it; here it must not count as unhandled.
  loading.catch(() => {});
  return async (reading): Promise<ConversationRecord> => {
    const tracker = await loading;
    const row: unknown = await tracker(structuredClone(reading.turn));
    const { record, misfits } = readLegacyRow(row, buildLegacyFrame(reading));
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
