import { ATTRIBUTE_KEYS, TOOL_ERROR_EVENT } from '../base/attribute-keys.ts';
import { type AnsweredRequest, findAnsweredRequests } from './answered-requests.ts';
import { textOf } from './dialects/span-attributes.ts';
import { handOversOf } from './hand-overs.ts';
import type { ToolCallReading, ToolRequest } from './turn-reading.ts';
import { byStart, type TurnSpan } from './turn-spans.ts';

// A span of a tool is named for what it does to it.
const OPERATION = /^(?:execute_tool|tool_call|call_tool|running tool:?) +(?=\S)/;

/**
 * Tool calls of a turn, in call order: from the tools' own spans, and from the messages where a span never arrived
 * though a later model call was given its answer.
 *
 * @param spans of the turn, parents before children
 * @param calls its model calls, in start order
 */
export function readTools(spans: readonly TurnSpan[], calls: readonly TurnSpan[]): readonly ToolCallReading[] {
  const isHandOver = handOversOf(spans);
  const own = byStart(spans.filter(isOwnCall));
  const nameOf = nameTools(own, spans);
  const tools = own.filter((tool) => !isHandOver(nameOf.get(tool) ?? '', tool));
  const requests = findAnsweredRequests(calls);
  const rankOf = matchSpans(tools, nameOf, requests);
  const entries: { at: bigint; rank: number; reading: ToolCallReading }[] = tools.map((tool) => ({
    at: tool.span.startTimeUnixNano,
    rank: rankOf.get(tool) ?? requests.length,
    reading: readTool(tool, nameOf.get(tool) ?? tool.span.name),
  }));
  const seen = new Map([...rankOf].map(([tool, rank]) => [rank, tool.span.startTimeUnixNano]));
  const lastAsked = new Map<bigint, bigint>();
  for (const [rank, request] of requests.entries()) {
    // After the call that asked for it, and after what the same call asked for before it.
    const at = seen.get(rank) ?? lastAsked.get(request.afterUnixNano) ?? request.afterUnixNano;
    lastAsked.set(request.afterUnixNano, at);
    if (seen.has(rank) || isHandOver(request.name)) continue;
    // Its own span never arrived.
    const reading = { span: undefined, name: request.name.toWellFormed(), success: undefined, error: undefined };
    entries.push({ at, rank, reading });
  }
  // Tools that one answer starts together may share a start time: then the order of the requests is the call order.
  entries.sort((a, b) => (a.at === b.at ? a.rank - b.rank : a.at < b.at ? -1 : 1));
  return entries.map((entry) => entry.reading);
}

/** A tool span that is not a second instrumentation's view of the tool span around it. */
function isOwnCall(span: TurnSpan): boolean {
  if (span.kind !== 'tool') return false;
  return span.parent?.kind !== 'tool' || span.parent.reading.name !== span.reading.name;
}

/** Names of tool spans; one that has none of its own is called what the messages of any span call it. */
function nameTools(tools: readonly TurnSpan[], spans: readonly TurnSpan[]): ReadonlyMap<TurnSpan, string> {
  const nameOf = new Map<TurnSpan, string>();
  for (const tool of tools) {
    const name = tool.reading.name;
    if (name !== undefined) nameOf.set(tool, name);
  }
  if (nameOf.size === tools.length) return nameOf;
  const asked = distinctRequests(spans);
  for (const tool of tools) {
    const id = tool.reading.callId;
    const at = asked.findIndex((request) => request.id !== undefined && request.id === id);
    const [request] = at < 0 ? [] : asked.splice(at, 1);
    if (request !== undefined && !nameOf.has(tool)) nameOf.set(tool, request.name);
  }
  for (const tool of tools)
    if (!nameOf.has(tool)) nameOf.set(tool, asked.shift()?.name ?? tool.span.name.replace(OPERATION, ''));
  return nameOf;
}

function distinctRequests(spans: readonly TurnSpan[]): ToolRequest[] {
  const seen = new Set<string>();
  const asked: ToolRequest[] = [];
  for (const span of byStart(spans)) {
    if (span.kind === undefined || span.kind === 'tool') continue;
    for (const request of span.reading.output().flatMap((message) => message.toolRequests)) {
      if (request.id !== undefined && seen.has(request.id)) continue;
      if (request.id !== undefined) seen.add(request.id);
      asked.push(request);
    }
  }
  return asked;
}

/** Pairs tool spans with the requests that started them, by call id, else by name in order. */
function matchSpans(
  tools: readonly TurnSpan[],
  nameOf: ReadonlyMap<TurnSpan, string>,
  requests: readonly AnsweredRequest[],
): Map<TurnSpan, number> {
  const byId = Map.groupBy(requests.entries(), ([, request]) => request.id);
  const byName = Map.groupBy(requests.entries(), ([, request]) => request.name);
  const taken = new Set<number>();
  const rankOf = new Map<TurnSpan, number>();
  const take = (tool: TurnSpan, waiting: [rank: number, AnsweredRequest][] | undefined): void => {
    let rank = waiting?.shift()?.[0];
    while (rank !== undefined && taken.has(rank)) rank = waiting?.shift()?.[0];
    if (rank === undefined) return;
    taken.add(rank);
    rankOf.set(tool, rank);
  };
  for (const tool of tools) if (tool.reading.callId !== undefined) take(tool, byId.get(tool.reading.callId));
  for (const tool of tools) if (!rankOf.has(tool)) take(tool, byName.get(nameOf.get(tool) ?? ''));
  return rankOf;
}

function readTool(tool: TurnSpan, name: string): ToolCallReading {
  const { span } = tool;
  const error = errorAtParent(tool) ?? tool.reading.error;
  return {
    span,
    name: name.toWellFormed(),
    success: error === undefined ? (span.endTimeUnixNano === undefined ? undefined : true) : false,
    error: error?.toWellFormed(),
  };
}

/** What this package's ADK plugin learned of a failed tool after its span had ended. */
function errorAtParent(tool: TurnSpan): string | undefined {
  const callId = tool.reading.callId;
  const event = tool.parent?.span.events.find(
    ({ name, attributes }) => name === TOOL_ERROR_EVENT && attributes[ATTRIBUTE_KEYS.toolCallId] === callId,
  );
  return event && textOf(event.attributes, ATTRIBUTE_KEYS.errorMessage);
}
