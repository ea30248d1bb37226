import type { SpanSnapshot } from '../../spans/span-snapshot.ts';
import type { SpanIdentity } from '../../spans/turn.ts';
import type { Message } from '../messages/message.ts';
import type { ReportedUsage } from '../reported-usage.ts';

/**
 * What a span is in a turn: an invocation of an agent, a call of a model, a call of a tool, or another step of the
 * agent's work (chain, task, retrieval, embedding).
 */
export type SpanKind = 'agent' | 'model' | 'tool' | 'step';

/** What a dialect reads from one span. Everything is optional: instrumentations say as much as they like. */
export interface SpanReading {
  /** Name of the agent or tool. */
  readonly name: string | undefined;
  readonly callId: string | undefined;
  readonly provider: string | undefined;
  readonly requestModel: string | undefined;
  readonly responseModel: string | undefined;
  readonly finishReasons: readonly string[];
  readonly usage: ReportedUsage | undefined;
  /** Why the operation failed; `undefined` where it reports no failure. */
  readonly error: string | undefined;
  /** Whether a model call came back with a response. Default: it shows any part of one, and reports no failure. */
  readonly answered: boolean;
  /** Whether the span shows any part of a response: usage, finish reason, served model or content. */
  readonly showsResponse: boolean;
  /** Whether a model call that shows no response may have had one; default true. */
  readonly mayHaveAnswered: boolean;
  /** Whether a model's span stands for the whole of the calls below it, so that its usage is their sum; default false. */
  readonly sumsCalls: boolean;
  readonly timeToFirstTokenMs: number | undefined;
  /** Parsed when first asked for, and once. */
  readonly input: () => readonly Message[];
  readonly output: () => readonly Message[];
}

/**
 * The vocabulary of one instrumentation. Total: a reader never throws, whatever the attributes hold, and what it
 * cannot read is missing rather than guessed.
 */
export interface Dialect {
  /** Value of the column `span_dialect`. */
  readonly name: string;
  /**
   * What the span is, from its name, scope and attributes alone: called for every span of the process, so it parses
   * nothing. `undefined`: not a span of this dialect.
   */
  kindOf(span: SpanIdentity): SpanKind | undefined;
  /** @param kind what `kindOf` said */
  read(span: SpanSnapshot, kind: SpanKind): Partial<SpanReading>;
}

/** The messages of the first source that has any. */
export function preferMessages(...sources: readonly ((() => readonly Message[]) | undefined)[]): readonly Message[] {
  for (const source of sources) {
    const messages = source?.() ?? NO_MESSAGES;
    if (messages.length > 0) return messages;
  }
  return NO_MESSAGES;
}

const NO_MESSAGES: readonly Message[] = [];

/** Fills what a dialect left out, and makes its content be parsed at most once. */
export function completeReading(reading: Partial<SpanReading>): SpanReading {
  const output = once(reading.output ?? (() => NO_MESSAGES));
  const shows = showsResponse(reading, output);
  const error = reading.error ?? failedFinish(reading.finishReasons);
  return {
    name: undefined,
    callId: undefined,
    provider: undefined,
    requestModel: undefined,
    responseModel: undefined,
    finishReasons: [],
    usage: undefined,
    timeToFirstTokenMs: undefined,
    answered: error === undefined && shows,
    mayHaveAnswered: true,
    sumsCalls: false,
    ...reading,
    error,
    showsResponse: shows,
    input: once(reading.input ?? (() => NO_MESSAGES)),
    output,
  };
}

function showsResponse(reading: Partial<SpanReading>, output: () => readonly Message[]): boolean {
  if (reading.usage !== undefined || reading.responseModel !== undefined) return true;
  return (reading.finishReasons ?? []).length > 0 || output().length > 0;
}

/** Some say that a call or its stream failed by its finish reason alone. */
function failedFinish(reasons: readonly string[] | undefined): string | undefined {
  return reasons?.some((reason) => reason.toLowerCase() === 'error') === true ? 'finished with an error' : undefined;
}

function once(read: () => readonly Message[]): () => readonly Message[] {
  let messages: readonly Message[] | undefined;
  return () => {
    messages ??= read();
    return messages;
  };
}
