import type { ConversationRecord } from '../record/conversation-columns.ts';
import { enrichRecord } from '../record/enrich.ts';
import { INVOICE_AGENT_RULES } from '../record/invoice-agent-rules.ts';
import { buildRuleEnrichers } from '../record/rule-enrichers.ts';
import { buildSummary, countCodePoints, countWords } from '../record/text-metrics.ts';
import type { ModelCallReading, TurnReading } from '../record/turn-reading.ts';
import { buildLegacyFrame } from './legacy-frame.ts';
import { zipArrivedLate } from './zip-arrived-late.ts';

/** What the old tracker had built in and wrote into every row. */
const LEGACY_CONSTANTS = {
  agent_name: 'invoice_pdf_finder_agent',
  api_version: '1.0.0',
  bigquery_project_used: 'datalake-gasco',
  client_info: { user_agent: 'ADK-Agent/1.0.0', ip_address: null, platform: 'adk_api' },
} satisfies Partial<ConversationRecord>;

const FAILURE_IN_RESPONSE = 'Error detectado en respuesta del agente';
/** Words in an answer that the old tracker took for a failure. */
const FAILURE_WORDS = ['error', 'no se pudo', 'lo siento', 'problema'];
/** The old tracker's rules for meaning, downloads and quality live on as a preset. */
const ENRICHERS = buildRuleEnrichers(INVOICE_AGENT_RULES);

/**
 * The row that the old tracker stored for a turn, its mistakes included. Pure.
 *
 * @returns a row of the shared column table; columns that the old tracker did not write are NULL, but for those that
 *   say which turn and which mapping the row came from
 */
export function buildLegacyRecord(reading: TurnReading): ConversationRecord {
  const question = reading.question?.firstPart ?? '';
  const lastCall = findLastModelEvent(reading);
  const usage = lastCall?.usage;
  const response = lastCall?.spoken?.firstPart ?? '';
  const toolNames = reading.toolCalls.map((call) => call.name);
  const lower = response.toLowerCase();
  const failed = FAILURE_WORDS.some((word) => lower.includes(word));
  const frame = buildLegacyFrame(reading);
  const zip = zipArrivedLate(reading) ? undefined : reading.zip;
  const facts: ConversationRecord = {
    ...frame,
    user_id: reading.userId ?? null,
    session_id: reading.sessionId ?? reading.conversationId ?? null,
    user_question: question,
    agent_response: response === '' ? null : response,
    response_summary: response === '' ? null : buildSummary(response),
    tools_used: toolNames,
    response_time_ms: frame.duration_ms,
    success: response !== '' && !failed && reading.error === undefined,
    error_message: reading.error ?? (failed ? FAILURE_IN_RESPONSE : null),
    ...zip,
    zip_generated: zip !== undefined || toolNames.some((name) => name.toLowerCase().includes('zip')) || null,
    ...LEGACY_CONSTANTS,
    raw_mcp_response: reading.rawMcpResponse ?? null,
    prompt_token_count: usage?.prompt ?? null,
    candidates_token_count: usage?.candidates ?? null,
    total_token_count: usage?.total ?? null,
    thoughts_token_count: usage?.thoughts ?? null,
    cached_content_token_count: usage?.cached ?? null,
    user_question_length: countCodePoints(question),
    user_question_word_count: countWords(question),
    agent_response_length: countCodePoints(response),
    agent_response_word_count: countWords(response),
  };
  return enrichRecord(facts, reading.turn, ENRICHERS);
}

/**
 * The model event that the old tracker ended up with: the last of the turn. Calls below a tool had a session of their
 * own, and a call that failed without an answer left no event.
 */
export function findLastModelEvent(reading: TurnReading): ModelCallReading | undefined {
  return reading.modelCalls.findLast((call) => call.topLevel && (call.answered || call.error === undefined));
}
