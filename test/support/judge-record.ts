import type { ConversationRecord } from '../../src/record/conversation-columns.ts';
import type { ConversationTruth, DialectCapture } from './dialect-capture.ts';

/** A column that does not say what the model served. `missing`: NULL though the spans hold the truth. */
export interface Fault {
  readonly field: string;
  readonly verdict: 'wrong' | 'missing';
  readonly truth: unknown;
  readonly row: unknown;
}

/**
 * Compares the rows of a capture with the truth. A NULL is accepted where the spans do not hold the truth; another
 * value never is.
 */
export function judgeRecords(records: readonly ConversationRecord[], capture: DialectCapture): readonly Fault[] {
  const truths = capture.truth.conversations;
  const faults: Fault[] = [];
  if (records.length !== truths.length) {
    faults.push({ field: 'rows', verdict: 'wrong', truth: truths.length, row: records.length });
  }
  const left = [...records].sort((a, b) => a.timestamp.localeCompare(b.timestamp));
  for (const truth of truths) {
    const record = takeMatching(left, truth);
    if (record === undefined) faults.push({ field: 'row', verdict: 'missing', truth: truth.user_question, row: null });
    else faults.push(...judgeRecord(record, truth, capture.not_in_spans));
  }
  return faults;
}

function takeMatching(left: ConversationRecord[], truth: ConversationTruth): ConversationRecord | undefined {
  const byQuestion = left.findIndex((record) => record.user_question === text(truth.user_question));
  const answer = text(truth.agent_response);
  const byAnswer = answer === null ? -1 : left.findIndex((record) => record.agent_response === answer);
  return left.splice(byQuestion >= 0 ? byQuestion : Math.max(byAnswer, 0), 1)[0];
}

function judgeRecord(record: ConversationRecord, truth: ConversationTruth, absent: readonly string[]): Fault[] {
  const faults: Fault[] = [];
  const inSpans = (label: string): boolean => !absent.some((each) => each.startsWith(label));
  const compare = (field: string, want: unknown, got: unknown, isInSpans: boolean): void => {
    if (JSON.stringify(want) === JSON.stringify(got)) return;
    const isNull = got === null || (Array.isArray(got) && got.length === 0);
    if (!isNull) faults.push({ field, verdict: 'wrong', truth: want, row: got });
    else if (isInSpans) faults.push({ field, verdict: 'missing', truth: want, row: got });
  };
  if (inSpans('prompt_tokens') && inSpans('candidates_tokens')) {
    compare('prompt_token_count', truth.prompt_token_count, record.prompt_token_count, true);
    compare('candidates_token_count', visibleOutput(record, truth, inSpans), record.candidates_token_count, true);
    compare('total_token_count', truth.total_token_count, record.total_token_count, inSpans('total_tokens'));
  }
  // No reasoning, or nothing cached, is reported as 0 by some and not at all by others.
  const thoughts = record.thoughts_token_count || null;
  compare('thoughts_token_count', truth.thoughts_token_count || null, thoughts, inSpans('thoughts_tokens'));
  const cached = record.cached_content_token_count || null;
  const cachedTruth = truth.cached_content_token_count || null;
  compare('cached_content_token_count', cachedTruth, cached, inSpans('cached_content_tokens'));
  compare('user_question', text(truth.user_question), record.user_question, inSpans('user_question'));
  compare('agent_response', text(truth.agent_response), record.agent_response, inSpans('agent_response'));
  if (inSpans('tool:')) compare('tools_used', truth.tools_used, record.tools_used, true);
  compare('session_id', truth.session_id, record.session_id, inSpans('session_id'));
  compare('user_id', truth.user_id, record.user_id, inSpans('user_id'));
  if (truth.model !== null && inSpans('model')) {
    const models = [record.response_model, record.request_model];
    const isServed = models.includes(truth.model) || models.includes(truth.model_requested);
    compare('model', truth.model, isServed ? truth.model : (models.find((each) => each !== null) ?? null), true);
  }
  if (inSpans('error_status')) {
    compare('success', truth.success, record.success, true);
    if (truth.success === false && inSpans('error_message') && record.error_message === null) {
      faults.push({ field: 'error_message', verdict: 'missing', truth: 'a message', row: null });
    }
  }
  return faults;
}

/** Where the spans hide the reasoning, candidates are the whole output. */
function visibleOutput(
  record: ConversationRecord,
  truth: ConversationTruth,
  inSpans: (label: string) => boolean,
): number | null {
  const visible = truth.visible_output_token_count;
  if (visible === null || inSpans('thoughts_tokens') || record.thoughts_token_count !== null) return visible;
  const whole = visible + (truth.thoughts_token_count ?? 0);
  return record.candidates_token_count === whole ? whole : visible;
}

function text(value: string | null): string | null {
  return value === '' ? null : value;
}
