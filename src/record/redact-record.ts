import type { ContentField } from '../privacy/content-field.ts';
import type { ContentPolicy } from '../privacy/content-policy.ts';
import { truncateCodePoints } from '../privacy/truncate-text.ts';
import type { ConversationRecord } from './conversation-columns.ts';

const SUMMARY_CODE_POINTS = 200;

/**
 * The record as it may leave the process: a copy with the content policy applied to every text that the package did
 * not make itself, the errors of its model and tool calls included. Sets `content_truncated` where text was cut,
 * hashed or removed; a mask shows itself. A redactor that fails removes the text. Lengths and counts stay those of
 * the whole text.
 */
export function redactRecord(record: ConversationRecord, policy: ContentPolicy): ConversationRecord {
  const pass = new RedactionPass(policy);
  const response = pass.content('agent_response', record.agent_response);
  const client = record.client_info;
  return {
    ...record,
    conversation_id: pass.identity('conversation_id', record.conversation_id) ?? policy.hash(record.conversation_id),
    user_id: pass.identity('user_id', record.user_id),
    session_id: pass.identity('session_id', record.session_id),
    user_question: pass.content('user_question', record.user_question),
    agent_response: response,
    response_summary: pass.summary(record, response),
    detected_intent: pass.name(record.detected_intent),
    query_category: pass.name(record.query_category),
    search_filters: pass.each(record.search_filters, (filter) => pass.content('search_filters', filter)),
    tools_used: pass.each(record.tools_used, (tool) => pass.name(tool)),
    error_message: pass.content('error_message', record.error_message),
    zip_id: pass.name(record.zip_id),
    agent_name: pass.name(record.agent_name),
    api_version: pass.name(record.api_version),
    client_info: client && {
      user_agent: pass.content('client_info', client.user_agent),
      ip_address: pass.content('client_info', client.ip_address),
      platform: pass.content('client_info', client.platform),
    },
    raw_mcp_response: pass.content('raw_mcp_response', record.raw_mcp_response),
    provider_name: pass.name(record.provider_name),
    request_model: pass.name(record.request_model),
    response_model: pass.name(record.response_model),
    finish_reasons: pass.each(record.finish_reasons, (reason) => pass.name(reason)),
    model_calls: record.model_calls.map((call) => ({
      ...call,
      model: pass.name(call.model),
      finish_reason: pass.name(call.finish_reason),
      error: pass.content('error_message', call.error),
    })),
    tool_calls: record.tool_calls.map((call) => ({
      ...call,
      name: pass.name(call.name),
      error: pass.content('error_message', call.error),
    })),
    content_truncated: pass.cut || record.content_truncated === true,
  };
}

/** One record's way through the policy. */
class RedactionPass {
  readonly #policy: ContentPolicy;
  /** Names repeat within a record: tools, models, reasons. */
  readonly #names = new Map<string, string | null>();
  cut = false;

  constructor(policy: ContentPolicy) {
    this.#policy = policy;
  }

  content(field: ContentField, text: string | null): string | null {
    if (text === null) return null;
    const applied = this.#policy.apply(field, text);
    this.cut ||= applied.cut;
    return applied.text ?? null;
  }

  name(text: string | null): string | null {
    if (text === null) return null;
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    const masked = this.#policy.mask(text).text ?? null;
    this.#names.set(text, masked);
    return masked;
  }

  /** A column of a list holds no NULL: what is removed leaves the list. */
  each(texts: readonly string[], redact: (text: string) => string | null): readonly string[] {
    return texts.map(redact).filter((text) => text !== null);
  }

  /** An id in which something is found becomes its hash as a whole: one person stays one value. */
  identity(field: ContentField, id: string | null): string | null {
    if (id === null) return null;
    const mode = this.#policy.modeOf(field).kind;
    if (mode === 'none') return null;
    if (mode === 'hash') return this.#policy.hash(id);
    return this.#policy.apply(field, id).text === id ? id : this.#policy.hash(id);
  }

  /** Where the response was changed, the summary is made of what is left: a secret may reach over its end. */
  summary(record: ConversationRecord, response: string | null): string | null {
    const { response_summary: summary } = record;
    if (summary === null || record.agent_response === null) return this.content('agent_response', summary);
    if (response === record.agent_response) return summary;
    const mode = this.#policy.modeOf('agent_response').kind;
    return response === null || mode === 'hash' ? null : truncateCodePoints(response, SUMMARY_CODE_POINTS);
  }
}
