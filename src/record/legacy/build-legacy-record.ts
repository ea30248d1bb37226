import type { ConversationRecord } from '../conversation-columns.ts';
import { countCodePoints, firstCodePoints } from '../text-metrics.ts';
import type { ModelCallReading, TurnReading } from '../turn-reading.ts';
import { buildLegacyFrame } from './legacy-frame.ts';
import {
  categorizeLegacyTools,
  countLegacyResults,
  countLegacyWords,
  detectLegacyFilters,
  detectLegacyIntent,
  soundsLikeFailure,
} from './legacy-text-rules.ts';
import { zipArrivedLate } from './zip-arrived-late.ts';

/** Constants that the old tracker wrote into every row. */
export interface LegacyConstants {
  readonly agentName: string;
  readonly apiVersion: string;
  readonly bigqueryProjectUsed: string;
  readonly clientInfo: NonNullable<ConversationRecord['client_info']>;
}

export const LEGACY_CONSTANTS: LegacyConstants = {
  agentName: 'invoice_pdf_finder_agent',
  apiVersion: '1.0.0',
  bigqueryProjectUsed: 'datalake-gasco',
  clientInfo: { user_agent: 'ADK-Agent/1.0.0', ip_address: null, platform: 'adk_api' },
};

const SUMMARY_CODE_POINTS = 200;
const PDF_LINK = 'http://localhost:8011';
const FAILURE_IN_RESPONSE = 'Error detectado en respuesta del agente';
const FAST_MILLIS = 5_000;

/**
 * The row that the old tracker stored for a turn, its mistakes included. Pure.
 *
 * @param constants what the old tracker had built in; default {@link LEGACY_CONSTANTS}
 * @returns a row of the shared column table; columns that the old tracker did not write are NULL, but for those that
 *   say which turn and which mapping the row came from
 */
export function buildLegacyRecord(
  reading: TurnReading,
  constants: LegacyConstants = LEGACY_CONSTANTS,
): ConversationRecord {
  const question = reading.question.firstPart ?? '';
  const lastCall = findLastModelEvent(reading);
  const usage = lastCall?.usage;
  const response = lastCall?.spoken.firstPart ?? '';
  const toolNames = reading.toolCalls.map((call) => call.name);
  const pdfLinks = response.split(PDF_LINK).length - 1;
  const namesZip = response.includes('.zip');
  const failed = soundsLikeFailure(response);
  const success = response !== '' && !failed && reading.error === undefined;
  const error = reading.error ?? (failed ? FAILURE_IN_RESPONSE : null);
  const results = countLegacyResults(response);
  const frame = buildLegacyFrame(reading);
  const zip = zipArrivedLate(reading) ? undefined : reading.zip;
  return {
    ...frame,
    user_id: reading.userId ?? null,
    session_id: reading.sessionId ?? reading.conversationId ?? null,
    user_question: question,
    agent_response: response === '' ? null : response,
    response_summary: response === '' ? null : firstCodePoints(response, SUMMARY_CODE_POINTS),
    detected_intent: detectLegacyIntent(question),
    query_category: categorizeLegacyTools(toolNames),
    search_filters: detectLegacyFilters(question),
    results_count: results,
    tools_used: toolNames,
    response_time_ms: frame.duration_ms,
    success,
    error_message: error,
    download_requested: pdfLinks > 0 || namesZip,
    download_type: namesZip ? 'zip' : pdfLinks > 0 ? 'individual' : 'none',
    zip_generated: zip !== undefined || toolNames.some((name) => name.toLowerCase().includes('zip')) || null,
    zip_id: zip?.id ?? null,
    pdf_links_provided: pdfLinks,
    agent_name: constants.agentName,
    api_version: constants.apiVersion,
    client_info: constants.clientInfo,
    bigquery_project_used: constants.bigqueryProjectUsed,
    raw_mcp_response: reading.rawMcpResponse ?? null,
    user_satisfaction_inferred: error !== null || !success ? 'negative' : results === null ? 'neutral' : 'positive',
    question_complexity: toolNames.length >= 3 ? 'complex' : toolNames.length === 2 ? 'medium' : 'simple',
    response_quality_score: scoreQuality(success, results, error, frame.duration_ms),
    prompt_token_count: usage?.prompt ?? null,
    candidates_token_count: usage?.candidates ?? null,
    total_token_count: usage?.total ?? null,
    thoughts_token_count: usage?.thoughts ?? null,
    cached_content_token_count: usage?.cached ?? null,
    user_question_length: countCodePoints(question),
    user_question_word_count: countLegacyWords(question),
    agent_response_length: countCodePoints(response),
    agent_response_word_count: countLegacyWords(response),
    zip_generation_time_ms: zip?.generationTimeMs ?? null,
    zip_parallel_download_time_ms: zip?.parallelDownloadTimeMs ?? null,
    zip_max_workers_used: zip?.maxWorkersUsed ?? null,
    zip_files_included: zip?.filesIncluded ?? null,
    zip_files_missing: zip?.filesMissing ?? null,
    zip_total_size_bytes: zip?.totalSizeBytes ?? null,
  };
}

/**
 * The model event that the old tracker ended up with: the last of the turn. Calls below a tool had a session of their
 * own, and a call that failed without an answer left no event.
 */
export function findLastModelEvent(reading: TurnReading): ModelCallReading | undefined {
  return reading.modelCalls.findLast((call) => call.topLevel && (call.answered || call.error === undefined));
}

/** Doubles added in the old tracker's order: stored scores such as 0.19999999999999998 come from it. */
function scoreQuality(
  success: boolean,
  results: number | null,
  error: string | null,
  responseTimeMillis: number | null,
): number {
  let score = 0.5;
  if (success) score += 0.3;
  if (results !== null) score += 0.2;
  if (error !== null) score -= 0.4;
  if (responseTimeMillis !== null && responseTimeMillis < FAST_MILLIS) score += 0.1;
  return Math.min(1, Math.max(0, score));
}
