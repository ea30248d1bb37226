import { preferMessages } from './dialects/dialect.ts';
import type { Message, Side, ToolAnswer } from './messages/message.ts';
import type { ToolRequest } from './turn-reading.ts';
import { type TurnSpan, viewsOf } from './turn-spans.ts';

/** A tool call that took place: a later model call was given its answer. */
export interface AnsweredRequest extends ToolRequest {
  /** The tool ran after this time: the end of the model call that asked for it. */
  readonly afterUnixNano: bigint;
}

/**
 * Tool calls of a turn as the inputs of its model calls tell them. What the first call of a conversation knows already
 * is history of earlier turns.
 *
 * @param calls model calls of the turn, in start order
 */
export function findAnsweredRequests(calls: readonly TurnSpan[]): readonly AnsweredRequest[] {
  const conversations = new Map<TurnSpan | undefined, Map<string, number>>();
  const found: AnsweredRequest[] = [];
  const asked = new Map<string, bigint>();
  const outputs = new Map<TurnSpan | undefined, readonly ToolRequest[]>();
  const previous = new Map<TurnSpan | undefined, bigint>();
  const byOwner = Map.groupBy(calls, (call) => call.owner);
  for (const call of calls) {
    // Nothing follows the only call of a conversation: its input needs no parsing.
    if (byOwner.get(call.owner)?.length === 1) continue;
    const counts = new Map<string, number>();
    const known = conversations.get(call.owner);
    const said = outputs.get(call.owner) ?? [];
    for (const request of answeredIn(messagesOf(call, 'input'), said)) {
      // Some call ids are used again for every call: only a request more than before is a new one.
      const key = keyOf(request);
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      if (known !== undefined && count > (known.get(key) ?? 0)) {
        found.push({ ...request, afterUnixNano: asked.get(key) ?? previous.get(call.owner) ?? 0n });
      }
    }
    const end = call.span.endTimeUnixNano ?? call.span.startTimeUnixNano;
    previous.set(call.owner, end);
    const requests = messagesOf(call, 'output').flatMap((message) => message.toolRequests);
    for (const request of requests) asked.set(keyOf(request), end);
    outputs.set(call.owner, [...said, ...requests]);
    const merged = known ?? new Map<string, number>();
    for (const [key, count] of counts) merged.set(key, Math.max(count, merged.get(key) ?? 0));
    conversations.set(call.owner, merged);
  }
  return found;
}

/** What the first view of a call shows: the inner one may have the counts, and the outer one the words. */
function messagesOf(call: TurnSpan, side: Side): readonly Message[] {
  return preferMessages(...[...viewsOf(call)].map(({ reading }) => reading[side]));
}

function keyOf({ id, name }: ToolRequest): string {
  return `${id ?? ''} ${name}`;
}

/**
 * Requests of a message list that its later messages answer, in the order of the requests. Where the list does not show
 * what it answers, the requests of the calls before it do.
 */
function answeredIn(messages: readonly Message[], askedBefore: readonly ToolRequest[]): readonly ToolRequest[] {
  const requests: ToolRequest[] = [];
  const answered = new Set<ToolRequest>();
  const open: ToolRequest[] = [];
  const shown = new Set(messages.flatMap((message) => message.toolRequests.map(keyOf)));
  const elsewhere = askedBefore.filter((request) => !shown.has(keyOf(request)));
  for (const message of messages) {
    for (const answer of message.toolAnswers) {
      const at = open.findIndex((request) => isAnswer(answer, request));
      const request = at < 0 ? (namedAnswer(answer) ?? takeAsked(answer, elsewhere)) : open.splice(at, 1)[0];
      if (request === undefined) continue;
      if (at < 0) requests.push(request);
      answered.add(request);
    }
    for (const request of message.toolRequests) {
      requests.push(request);
      open.push(request);
    }
  }
  return requests.filter((request) => answered.has(request));
}

/** An answer without id and name answers what was asked first. */
function isAnswer(answer: ToolAnswer, request: ToolRequest): boolean {
  if (answer.id !== undefined && request.id !== undefined) return answer.id === request.id;
  return answer.name === undefined || answer.name === request.name;
}

function takeAsked(answer: ToolAnswer, asked: ToolRequest[]): ToolRequest | undefined {
  const at = asked.findIndex((request) => isAnswer(answer, request));
  return at < 0 ? undefined : asked.splice(at, 1)[0];
}

function namedAnswer({ id, name }: ToolAnswer): ToolRequest | undefined {
  return name === undefined ? undefined : { id, name };
}
