import {
  type ConversationRecord,
  type ModelCallRecord,
  SCHEMA_VERSION,
  type ToolCallRecord,
} from './conversation-columns.ts';
import { buildEmptyRecord } from './empty-record.ts';
import { estimateCost, type ModelPrices } from './estimate-cost.ts';
import { buildRowTime, elapsedMillis, formatTimestamp } from './row-time.ts';
import { buildSummary, countCodePoints, countWords } from './text-metrics.ts';
import type { ModelCallReading, SpokenText, ToolCallReading, TurnReading } from './turn-reading.ts';

export interface BuildRecordOptions {
  /** Google Cloud project that the rows go to. Default: NULL in the column. */
  readonly bigqueryProject?: string | undefined;
  /** Prices by model name; without them no cost is estimated. */
  readonly prices?: ModelPrices | undefined;
}

/**
 * The record of a turn. Pure and total: the same reading gives the same record, whatever its spans hold. Meaning, download
 * and quality columns are NULL; enrichers fill them.
 *
 * @example
 * for (const turn of buildTurns(spans, classifySpan)) write(buildRecord(readTurn(turn)));
 */
export function buildRecord(reading: TurnReading, options: BuildRecordOptions = {}): ConversationRecord {
  const { turn } = reading;
  const root = turn.roots[0].span;
  const durationMs = elapsedMillis(reading.startTimeUnixNano, reading.endTimeUnixNano);
  const end = reading.endTimeUnixNano;
  const time = buildRowTime(reading.startTimeUnixNano);
  return {
    ...buildEmptyRecord({
      conversation_id: wellFormed(reading.conversationId ?? reading.sessionId) ?? turn.traceId,
      message_id: `${turn.traceId}-${turn.rootSpanId}`,
      timestamp: time.timestamp,
      message_type: 'user_question',
    }),
    user_id: wellFormed(reading.userId),
    session_id: wellFormed(reading.sessionId ?? reading.conversationId),
    ...time,
    ...buildContent(reading),
    tools_used: reading.toolCalls.map((call) => call.name),
    response_time_ms: durationMs,
    success: reading.success ?? null,
    error_message: wellFormed(reading.error),
    ...reading.zip,
    agent_name: wellFormed(reading.agentName),
    api_version: reading.apiVersion ?? null,
    client_info: reading.client,
    bigquery_project_used: options.bigqueryProject ?? null,
    raw_mcp_response: reading.rawMcpResponse ?? null,
    ...buildTokens(reading),
    end_timestamp: end === undefined ? null : formatTimestamp(end),
    duration_ms: durationMs,
    trace_id: turn.traceId,
    span_id: turn.rootSpanId,
    tracking_backend: 'solid',
    record_version: turn.recordVersion,
    schema_version: SCHEMA_VERSION,
    service_name: wellFormed(reading.serviceName),
    service_version: wellFormed(reading.serviceVersion),
    provider_name: wellFormed(reading.provider),
    request_model: wellFormed(reading.requestModel),
    response_model: wellFormed(reading.responseModel),
    finish_reasons: reading.finishReasons.map((reason) => reason.toWellFormed()),
    model_call_count: reading.modelCalls.length,
    tool_call_count: reading.toolCalls.length,
    tool_error_count: countToolErrors(reading.toolCalls),
    model_time_ms: reading.modelTimeMs,
    tool_time_ms: reading.toolTimeMs,
    time_to_first_token_ms: reading.timeToFirstTokenMs,
    model_calls: reading.modelCalls.map(buildModelCall),
    tool_calls: reading.toolCalls.map(buildToolCall),
    estimated_cost_usd: estimateCost(reading, options.prices),
    complete: turn.incompleteReason === undefined,
    incomplete_reason: turn.incompleteReason ?? null,
    content_truncated: false,
    sampled: root.sampled,
  };
}

function buildContent(reading: TurnReading) {
  const question = trimmed(reading.question);
  const answer = reading.success === false ? null : trimmed(reading.answer);
  return {
    user_question: question,
    agent_response: answer,
    response_summary: answer === null ? null : buildSummary(answer),
    user_question_length: question === null ? null : countCodePoints(question),
    user_question_word_count: question === null ? null : countWords(question),
    agent_response_length: answer === null ? null : countCodePoints(answer),
    agent_response_word_count: answer === null ? null : countWords(answer),
  } satisfies Partial<ConversationRecord>;
}

/** White space around a text is the framework's, not the speaker's. */
function trimmed(said: SpokenText | undefined): string | null {
  return said?.text.trim() || null;
}

function buildTokens({ usage, dialect, tokenRule }: TurnReading) {
  return {
    prompt_token_count: usage.prompt,
    candidates_token_count: usage.candidates,
    total_token_count: usage.total,
    thoughts_token_count: usage.thoughts,
    cached_content_token_count: usage.cached,
    cache_creation_token_count: usage.cacheCreation,
    tool_use_prompt_token_count: usage.toolUsePrompt,
    span_dialect: dialect,
    token_rule: tokenRule,
  } satisfies Partial<ConversationRecord>;
}

function buildModelCall(call: ModelCallReading): ModelCallRecord {
  return {
    span_id: call.span.spanId,
    model: wellFormed(call.responseModel ?? call.requestModel),
    prompt_token_count: call.usage?.prompt ?? null,
    candidates_token_count: call.usage?.candidates ?? null,
    thoughts_token_count: call.usage?.thoughts ?? null,
    cached_content_token_count: call.usage?.cached ?? null,
    total_token_count: call.usage?.total ?? null,
    duration_ms: elapsedMillis(call.span.startTimeUnixNano, call.span.endTimeUnixNano),
    finish_reason: wellFormed(call.finishReasons[0]),
    error: wellFormed(call.error),
  };
}

function buildToolCall({ span, name, success, error }: ToolCallReading): ToolCallRecord {
  return {
    span_id: span?.spanId ?? null,
    name,
    duration_ms: span === undefined ? null : elapsedMillis(span.startTimeUnixNano, span.endTimeUnixNano),
    success: success ?? null,
    error: error ?? null,
  };
}

/** NULL where the outcome of a call is not known: its span never arrived, or never ended. */
function countToolErrors(calls: readonly ToolCallReading[]): number | null {
  if (calls.some((call) => call.success === undefined)) return null;
  return calls.filter((call) => call.success === false).length;
}

function wellFormed(text: string | null | undefined): string | null {
  return text?.toWellFormed() ?? null;
}
