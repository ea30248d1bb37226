import type { ToolCallReading, ToolRequest } from './turn-reading.ts';
import { byStart, type TurnSpan } from './turn-spans.ts';

// Frameworks hand over to another agent through a tool of this name; only its prefix is fixed in the messages.
const HAND_OVER = /^transfer_(back_)?to_/;

interface Request extends ToolRequest {
  readonly call: TurnSpan;
}

/**
 * Tool calls of a turn, in call order: from the tools' own spans, and from the messages where a span never arrived
 * though a later model call was given its answer.
 *
 * @param spans of the turn, parents before children
 * @param calls its model calls, in start order
 */
export function readTools(spans: readonly TurnSpan[], calls: readonly TurnSpan[]): readonly ToolCallReading[] {
  const tools = byStart(spans.filter(isOwnCall));
  const requests = calls.flatMap((call) => requestsOf(call).map((request) => ({ ...request, call })));
  const { rankOf, unseen } = match(tools, requests);
  const answered = unseen.length === 0 ? [] : answeredLater(unseen, calls);
  const entries = [
    ...tools.map((tool) => ({
      at: tool.span.startTimeUnixNano,
      rank: rankOf.get(tool) ?? -1,
      reading: readTool(tool),
    })),
    ...answered.map(({ request, rank, at }) => ({ at, rank, reading: readRequest(request) })),
  ];
  // Tools that one answer starts together may share a start time: then the answer's order is the call order.
  entries.sort((a, b) => (a.at === b.at ? a.rank - b.rank : a.at < b.at ? -1 : 1));
  return entries.map((entry) => entry.reading);
}

/** A tool span that is not a second instrumentation's view of the tool span around it. */
function isOwnCall(span: TurnSpan): boolean {
  if (span.recognised?.kind !== 'tool') return false;
  const outer = span.parent?.recognised;
  return outer?.kind !== 'tool' || outer.reading.name !== span.recognised.reading.name;
}

function requestsOf(call: TurnSpan): readonly ToolRequest[] {
  return call.recognised?.reading.output().flatMap((message) => message.toolRequests) ?? [];
}

interface Unseen {
  readonly request: Request;
  readonly rank: number;
}

/** Pairs tool spans with the requests that started them: by call id, else by name in order. */
function match(
  tools: readonly TurnSpan[],
  requests: readonly Request[],
): { readonly rankOf: ReadonlyMap<TurnSpan, number>; readonly unseen: readonly Unseen[] } {
  const byId = new Map<string, TurnSpan>();
  const byName = new Map<string, TurnSpan[]>();
  for (const tool of tools) {
    const id = tool.recognised?.reading.callId;
    if (id !== undefined) byId.set(id, tool);
    const name = tool.recognised?.reading.name ?? '';
    byName.set(name, [...(byName.get(name) ?? []), tool]);
  }
  const rankOf = new Map<TurnSpan, number>();
  const unseen: Unseen[] = [];
  for (const [rank, request] of requests.entries()) {
    const named = byName.get(request.name)?.find((tool) => isAnswerTo(tool, request) && !rankOf.has(tool));
    const tool = (request.id === undefined ? undefined : byId.get(request.id)) ?? named;
    if (tool !== undefined) rankOf.set(tool, rank);
    else unseen.push({ request, rank });
  }
  return { rankOf, unseen };
}

function isAnswerTo(tool: TurnSpan, request: Request): boolean {
  const id = tool.recognised?.reading.callId;
  const couldBe = id === undefined || request.id === undefined;
  return couldBe && tool.span.startTimeUnixNano >= request.call.span.startTimeUnixNano;
}

/** Of the requests that no span shows, those whose answer was given to a later model call. */
function answeredLater(
  unseen: readonly Unseen[],
  calls: readonly TurnSpan[],
): readonly (Unseen & { readonly at: bigint })[] {
  const answered: (Unseen & { readonly at: bigint })[] = [];
  for (const { request, rank } of unseen) {
    if (HAND_OVER.test(request.name)) continue;
    const start = request.call.span.startTimeUnixNano;
    if (calls.some((call) => call.span.startTimeUnixNano > start && answers(call, request))) {
      // Right after its request ended, which is when it can have begun.
      answered.push({ request, rank, at: request.call.span.endTimeUnixNano ?? start });
    }
  }
  return answered;
}

function answers(call: TurnSpan, request: ToolRequest): boolean {
  const messages = call.recognised?.reading.input() ?? [];
  return messages.some((message) =>
    message.toolAnswers.some((answer) =>
      request.id === undefined || answer.id === undefined ? answer.name === request.name : answer.id === request.id,
    ),
  );
}

function readTool(tool: TurnSpan): ToolCallReading {
  const reading = tool.recognised?.reading;
  const { span } = tool;
  return {
    span,
    name: (reading?.name ?? span.name).toWellFormed(),
    callId: reading?.callId,
    success: reading?.error === undefined ? (span.endTimeUnixNano === undefined ? undefined : true) : false,
    error: reading?.error?.toWellFormed(),
  };
}

function readRequest(request: ToolRequest): ToolCallReading {
  return {
    span: undefined,
    name: request.name.toWellFormed(),
    callId: request.id,
    success: undefined,
    error: undefined,
  };
}
