import type { SpanSnapshot } from '../../span-tree/span-snapshot.ts';
import type { SpanIdentity } from '../../span-tree/turn.ts';
import type { Message } from '../content/message.ts';
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
  /** Whether a model call came back with a response. Default: it ended and reports no failure. */
  readonly answered: boolean;
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

const NO_MESSAGES: readonly Message[] = [];

/** Fills what a dialect left out, and makes its content be parsed at most once. */
export function completeReading(span: SpanSnapshot, reading: Partial<SpanReading>): SpanReading {
  return {
    name: undefined,
    callId: undefined,
    provider: undefined,
    requestModel: undefined,
    responseModel: undefined,
    finishReasons: [],
    usage: undefined,
    error: undefined,
    timeToFirstTokenMs: undefined,
    answered: reading.error === undefined && span.endTimeUnixNano !== undefined,
    ...reading,
    input: once(reading.input ?? (() => NO_MESSAGES)),
    output: once(reading.output ?? (() => NO_MESSAGES)),
  };
}

function once(read: () => readonly Message[]): () => readonly Message[] {
  let messages: readonly Message[] | undefined;
  return () => {
    messages ??= read();
    return messages;
  };
}
