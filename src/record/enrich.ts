import { describeError } from '../base/errors.ts';
import { isArray } from '../base/json-value.ts';
import type { Turn } from '../spans/turn.ts';
import type { Column } from './column.ts';
import { CONVERSATION_COLUMNS, type ConversationRecord, type EnrichableColumn } from './conversation-columns.ts';
import { findValueProblem } from './validate-row.ts';

export type Enrichment = { readonly [C in EnrichableColumn]?: ConversationRecord[C] };

/** Fills columns of a finished record. Pure, synchronous; may throw: that costs its own columns, not the record. */
export interface Enricher {
  /** Told in diagnostics. */
  readonly name: string;
  /**
   * @param record the record so far, with what earlier enrichers filled
   * @returns the columns to set; values of a wrong type, and other columns, are left out
   */
  enrich(record: ConversationRecord, turn: Turn): Enrichment;
}

/** Values are checked against them, because enrichers are the user's code. */
const ENRICHABLE = new Map<string, Column>(
  CONVERSATION_COLUMNS.filter(({ enrichable }) => enrichable).map((column) => [column.name, column]),
);

/**
 * A record with its meaning, download and quality columns filled. Never throws.
 *
 * @param enrichers run in order; a later one wins where two fill one column
 * @param onProblem told of an enricher that threw, or gave a value that its column cannot hold; never given content
 *
 * @example
 * enrichRecord(buildRecord(readTurn(turn)), turn, buildRuleEnrichers(INVOICE_AGENT_RULES));
 */
export function enrichRecord(
  record: ConversationRecord,
  turn: Turn,
  enrichers: readonly Enricher[],
  onProblem?: (enricher: string, problem: string) => void,
): ConversationRecord {
  let enriched = record;
  for (const enricher of enrichers) {
    try {
      const { values, refused } = acceptable(enricher.enrich(enriched, turn));
      enriched = { ...enriched, ...values };
      if (refused.length > 0) onProblem?.(enricher.name, `no value for ${refused.join(', ')}`);
    } catch (error) {
      onProblem?.(enricher.name, describeError(error));
    }
  }
  return enriched;
}

function acceptable(enrichment: unknown): { readonly values: Enrichment; readonly refused: readonly string[] } {
  const values: Record<string, unknown> = {};
  const refused: string[] = [];
  if (typeof enrichment !== 'object' || enrichment === null) return { values, refused: ['its columns'] };
  for (const [column, value] of Object.entries(enrichment)) {
    if (value === undefined) continue;
    if (accepts(ENRICHABLE.get(column), value)) values[column] = wellFormed(value);
    else refused.push(column);
  }
  return { values, refused };
}

function accepts(column: Column | undefined, value: unknown): boolean {
  if (column === undefined) return false;
  return value === null ? column.mode !== 'REPEATED' : findValueProblem(value, column) === undefined;
}

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  return isArray(value) ? value.map(wellFormed) : value;
}
