import { ConfigurationError } from '../base/errors.ts';
import type { ConversationRecord } from './conversation-columns.ts';
import type { Enricher, Enrichment } from './enrich.ts';

/** A label that is given where a text contains one of the keywords. Keywords are compared in lower case. */
export interface KeywordRule {
  readonly label: string;
  readonly keywords: readonly string[];
}

/** Rules for the meaning, download and quality columns, as data. A group that is left out leaves its columns NULL. */
export interface EnrichmentRules {
  /** `detected_intent`: label of the first rule that the question matches. */
  readonly intents?: { readonly rules: readonly KeywordRule[]; readonly otherwise: string | null } | undefined;
  /** `search_filters`: labels of all rules that the question matches. */
  readonly filters?: readonly KeywordRule[] | undefined;
  /** `query_category`: for each tool the first rule that its name matches; the last tool with a match wins. */
  readonly categories?: readonly KeywordRule[] | undefined;
  /** `results_count`: regular expressions, tried in order on the answer in lower case; group 1 is the number. */
  readonly resultCounts?: readonly string[] | undefined;
  /** `pdf_links_provided`, `download_type`, `download_requested`: texts to look for in the answer. */
  readonly downloads?: { readonly linkPrefix: string; readonly zipMark: string } | undefined;
  /** `question_complexity`: from how many tool calls on a question is medium, or complex. */
  readonly complexity?: { readonly mediumToolCalls: number; readonly complexToolCalls: number } | undefined;
  /** `user_satisfaction_inferred`: negative on failure, positive on success with results, else neutral; NULL
   * where it is not known whether the turn succeeded. */
  readonly satisfaction?: boolean | undefined;
  /** `response_quality_score`: points that are added up and clamped to 0…1. */
  readonly quality?: QualityRule | undefined;
}

export interface QualityRule {
  readonly base: number;
  readonly success: number;
  readonly results: number;
  readonly error: number;
  /** Given where the turn took less than `fastMillis`. */
  readonly fast: number;
  readonly fastMillis: number;
}

/**
 * One enricher per group of rules, so that one that fails costs only its own columns.
 *
 * @throws ConfigurationError where a regular expression is not one
 */
export function buildRuleEnrichers(rules: EnrichmentRules): readonly Enricher[] {
  const { intents, filters, categories, downloads, complexity, satisfaction, quality } = rules;
  const resultCounts = rules.resultCounts?.map(compile);
  const enrichers: { readonly [Group in keyof Required<EnrichmentRules>]: Enricher['enrich'] | false | undefined } = {
    intents:
      intents &&
      (({ user_question }) => ({ detected_intent: labelsOf(user_question, intents.rules)[0] ?? intents.otherwise })),
    filters: filters && (({ user_question }) => ({ search_filters: labelsOf(user_question, filters) })),
    categories:
      categories &&
      (({ tools_used }) => ({
        query_category: tools_used.flatMap((tool) => labelsOf(tool, categories).slice(0, 1)).at(-1) ?? null,
      })),
    resultCounts:
      resultCounts && (({ agent_response }) => ({ results_count: countResults(agent_response ?? '', resultCounts) })),
    downloads: downloads && (({ agent_response }) => findDownloads(agent_response ?? '', downloads)),
    complexity:
      complexity && (({ tools_used }) => ({ question_complexity: judgeComplexity(tools_used.length, complexity) })),
    satisfaction: satisfaction && ((record) => ({ user_satisfaction_inferred: inferSatisfaction(record) })),
    quality: quality && ((record) => ({ response_quality_score: score(record, quality) })),
  };
  return Object.entries(enrichers).flatMap(([name, enrich]) => (enrich ? [{ name, enrich }] : []));
}

/** Labels of the rules that a text matches, in the order of the rules. */
function labelsOf(text: string | null, rules: readonly KeywordRule[]): readonly string[] {
  const lower = (text ?? '').toLowerCase();
  return rules.filter(({ keywords }) => keywords.some((word) => lower.includes(word))).map(({ label }) => label);
}

function judgeComplexity(calls: number, rule: NonNullable<EnrichmentRules['complexity']>): string {
  if (calls >= rule.complexToolCalls) return 'complex';
  return calls >= rule.mediumToolCalls ? 'medium' : 'simple';
}

function compile(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'u');
  } catch (error) {
    throw new ConfigurationError('enrichment.resultCounts', `holds "${pattern}", which is no regular expression`, {
      cause: error,
    });
  }
}

/** Only a number above 0 counts: an answer that found nothing names no results. */
function countResults(answer: string, patterns: readonly RegExp[]): number | null {
  const lower = answer.toLowerCase();
  for (const pattern of patterns) {
    const found = pattern.exec(lower)?.[1];
    if (found === undefined) continue;
    const count = Number(found);
    return count > 0 && Number.isSafeInteger(count) ? count : null;
  }
  return null;
}

function findDownloads(answer: string, rule: NonNullable<EnrichmentRules['downloads']>): Enrichment {
  const { linkPrefix, zipMark } = rule;
  const links = linkPrefix === '' ? 0 : answer.split(linkPrefix).length - 1;
  const namesZip = zipMark !== '' && answer.includes(zipMark);
  return {
    pdf_links_provided: links,
    download_type: namesZip ? 'zip' : links > 0 ? 'individual' : 'none',
    download_requested: namesZip || links > 0,
  };
}

function inferSatisfaction(record: ConversationRecord): string | null {
  if (record.error_message !== null || record.success === false) return 'negative';
  if (record.success === null) return null;
  return hasResults(record) ? 'positive' : 'neutral';
}

/** Plain double arithmetic in this order: stored scores are compared with those of the system before. */
function score(record: ConversationRecord, rule: QualityRule): number {
  let points = rule.base;
  if (record.success === true) points += rule.success;
  if (hasResults(record)) points += rule.results;
  if (record.error_message !== null) points += rule.error;
  if (record.response_time_ms !== null && record.response_time_ms < rule.fastMillis) points += rule.fast;
  return Math.min(1, Math.max(0, points));
}

function hasResults(record: ConversationRecord): boolean {
  return (record.results_count ?? 0) > 0;
}
