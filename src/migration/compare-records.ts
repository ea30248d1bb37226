import { defineColumns } from '../record/column.ts';
import { TOKENS } from '../record/columns/tokens.ts';
import { type ConversationRecord, LEGACY_COLUMNS, type LegacyColumn } from '../record/conversation-columns.ts';

export type TokenColumn = keyof typeof TOKENS;

export const TOKEN_COLUMNS: readonly TokenColumn[] = defineColumns(TOKENS).map(({ name }) => name);

export interface ComparisonConfig {
  /** Two counts of tokens are taken as equal up to this difference. Default 100. */
  readonly tokenDiffThreshold: number;
  /** And up to this share of the legacy count, 0 to 1. Default 0: the threshold alone holds. */
  readonly tokenDiffRatio: number;
  /** Columns that are not compared. Default: none. */
  readonly ignore: readonly string[];
}

/** A column in which the two mappings of one turn do not agree. */
export interface Difference {
  readonly field: LegacyColumn;
  readonly legacyValue: unknown;
  readonly solidValue: unknown;
  /** Solid minus legacy; `null` unless both are numbers. */
  readonly diff: number | null;
  /** Tokens up to which the two would have been taken as equal; `null` for columns that must be equal. */
  readonly threshold: number | null;
}

const FLOAT_TOLERANCE = 1e-9;

/**
 * Finds every column in which the two rows of one turn differ. A value that only one side has is a difference.
 * Pure.
 *
 * @returns differences in column order; none if the rows agree
 */
export function compareRecords(
  legacy: ConversationRecord,
  solid: ConversationRecord,
  config: ComparisonConfig,
): Difference[] {
  const differences: Difference[] = [];
  for (const { name: field, type } of LEGACY_COLUMNS) {
    const isToken = isTokenColumn(field);
    if (config.ignore.includes(field)) continue;
    const [legacyValue, solidValue] = [legacy[field], solid[field]];
    const bothNumbers = typeof legacyValue === 'number' && typeof solidValue === 'number';
    const diff = bothNumbers ? solidValue - legacyValue : null;
    const threshold = isToken ? findThreshold(legacyValue, config) : null;
    const equal =
      diff === null
        ? isSameValue(legacyValue, solidValue, type === 'TIMESTAMP')
        : Math.abs(diff) <= (threshold ?? (type === 'FLOAT' ? FLOAT_TOLERANCE : 0));
    if (!equal) differences.push({ field, legacyValue, solidValue, diff, threshold });
  }
  return differences;
}

export function isTokenColumn(field: string): field is TokenColumn {
  return Object.hasOwn(TOKENS, field);
}

function findThreshold(legacyValue: unknown, { tokenDiffThreshold, tokenDiffRatio }: ComparisonConfig): number {
  const share = typeof legacyValue === 'number' ? Math.floor(legacyValue * tokenDiffRatio) : 0;
  return Math.max(tokenDiffThreshold, share);
}

function isSameValue(a: unknown, b: unknown, areInstants: boolean): boolean {
  if (a === b) return true;
  if (areInstants && typeof a === 'string' && typeof b === 'string') return parseInstant(a) === parseInstant(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  // Arrays of text and flat records, whose keys may stand in another order.
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  const [left, right]: [Record<string, unknown>, Record<string, unknown>] = [{ ...a }, { ...b }];
  return [...keys].every((key) => (left[key] ?? null) === (right[key] ?? null));
}

/** Milliseconds since the epoch; without an offset it is UTC. */
function parseInstant(text: string): number {
  return Date.parse(/(?:[zZ]|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text.replace(' ', 'T')}Z`);
}
