import { describeError } from '../base/errors.ts';
import { isArray } from '../base/json-value.ts';
import type { Turn } from '../spans/turn.ts';
import type { ConversationRecord } from './conversation-columns.ts';

/** Columns that enrichers may fill: meaning, downloads and quality. All others are facts of the spans. */
export type EnrichableColumn =
  | 'detected_intent'
  | 'query_category'
  | 'search_filters'
  | 'results_count'
  | 'download_requested'
  | 'download_type'
  | 'pdf_links_provided'
  | 'user_satisfaction_inferred'
  | 'question_complexity'
  | 'response_quality_score';

export type Enrichment = { readonly [C in EnrichableColumn]?: ConversationRecord[C] };

/** Fills columns of a finished row. Pure, synchronous; may throw: that costs its own columns, not the row. */
export interface Enricher {
  /** Told in diagnostics. */
  readonly name: string;
  /**
   * @param record the row so far, with what earlier enrichers filled
   * @returns the columns to set; values of a wrong type, and other columns, are left out
   */
  enrich(record: ConversationRecord, turn: Turn): Enrichment;
}

export interface EnrichOptions {
  /** Told of an enricher that threw, or gave a value that its column cannot hold. Never given message content. */
  readonly onProblem?: ((enricher: string, problem: string) => void) | undefined;
}

/** What a column accepts; checked because enrichers are the user's code. */
const ACCEPTS: { readonly [C in EnrichableColumn]: (value: unknown) => boolean } = {
  detected_intent: isText,
  query_category: isText,
  search_filters: (value) => isArray(value) && value.every(isText),
  results_count: isCount,
  download_requested: isFlag,
  download_type: isText,
  pdf_links_provided: isCount,
  user_satisfaction_inferred: isText,
  question_complexity: isText,
  response_quality_score: (value) => typeof value === 'number' && Number.isFinite(value),
};

/**
 * A row with its meaning, download and quality columns filled. Never throws.
 *
 * @param enrichers run in order; a later one wins where two fill one column
 *
 * @example
 * enrichRecord(buildRecord(turn), turn, buildRuleEnrichers(INVOICE_AGENT_RULES));
 */
export function enrichRecord(
  record: ConversationRecord,
  turn: Turn,
  enrichers: readonly Enricher[],
  options: EnrichOptions = {},
): ConversationRecord {
  let enriched = record;
  for (const enricher of enrichers) {
    try {
      const enrichment: unknown = enricher.enrich(enriched, turn);
      const { values, refused } = acceptable(enrichment);
      enriched = { ...enriched, ...values };
      if (refused.length > 0) options.onProblem?.(enricher.name, `no value for ${refused.join(', ')}`);
    } catch (error) {
      options.onProblem?.(enricher.name, describeError(error));
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
    if (isEnrichable(column) && ((value === null && column !== 'search_filters') || ACCEPTS[column](value))) {
      values[column] = wellFormed(value);
    } else {
      refused.push(column);
    }
  }
  return { values, refused };
}

function isEnrichable(column: string): column is EnrichableColumn {
  return Object.hasOwn(ACCEPTS, column);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value);
}

function isFlag(value: unknown): boolean {
  return typeof value === 'boolean';
}

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  return isArray(value) ? value.map(wellFormed) : value;
}
