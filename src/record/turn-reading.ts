import type { SpanSnapshot } from '../spans/span-snapshot.ts';
import type { Turn } from '../spans/turn.ts';
import type { ConversationRecord } from './conversation-columns.ts';
import type { ZipColumns } from './read-zip.ts';

/** Tokens of one model call, or of a turn, in the terms of the record. `null`: not reported. */
export interface TokenUsage {
  /** Cached tokens included. */
  readonly prompt: number | null;
  /** Reasoning excluded. */
  readonly candidates: number | null;
  readonly thoughts: number | null;
  readonly cached: number | null;
  readonly cacheCreation: number | null;
  readonly toolUsePrompt: number | null;
  readonly total: number | null;
}

/** A tool call that a model asked for. */
export interface ToolRequest {
  readonly id: string | undefined;
  readonly name: string;
}

/** What a model call said, text parts only: no reasoning, no tool results. */
export interface SpokenText {
  /** All text parts joined. */
  readonly text: string;
  /** The first text part alone. */
  readonly firstPart: string;
}

export interface ModelCallReading {
  readonly span: SpanSnapshot;
  /** Not below a tool: the calls of an agent used as a tool are not. */
  readonly topLevel: boolean;
  readonly provider: string | undefined;
  readonly requestModel: string | undefined;
  readonly responseModel: string | undefined;
  readonly finishReasons: readonly string[];
  /** Own usage; `undefined` where the span carries none, or only repeats that of the calls below it. */
  readonly usage: TokenUsage | undefined;
  readonly spoken: SpokenText | undefined;
  /** The span shows a response of the model (content, usage, finish reason…). */
  readonly answered: boolean;
  /** Why the call failed; `undefined` where no failure is reported. */
  readonly error: string | undefined;
  /** From the start of the call to its first streamed token. */
  readonly timeToFirstTokenMs: number | undefined;
}

export interface ToolCallReading {
  /** `undefined` for a call that only the messages show: its own span never arrived. */
  readonly span: SpanSnapshot | undefined;
  readonly name: string;
  /** `undefined` where the span never ended or never arrived. */
  readonly success: boolean | undefined;
  readonly error: string | undefined;
}

/**
 * What a turn says, whichever instrumentation made its spans: the neutral ground on which the record and the legacy
 * mapping stand. All text is well-formed Unicode.
 */
export interface TurnReading {
  readonly turn: Turn;
  /** Vocabulary that the tokens, or where there are none the root, were read from. */
  readonly dialect: string;
  readonly agentName: string | undefined;
  readonly conversationId: string | undefined;
  readonly sessionId: string | undefined;
  readonly userId: string | undefined;
  /** `undefined` where there was none, or content was not captured; so is the answer. */
  readonly question: SpokenText | undefined;
  /** The turn's answer, also where the turn failed: a mapping decides what to store. */
  readonly answer: SpokenText | undefined;
  /** Of the last model call that answered, calls below a tool left aside; else of the last that was asked. */
  readonly provider: string | undefined;
  readonly requestModel: string | undefined;
  /** `undefined` where no model answered. */
  readonly responseModel: string | undefined;
  readonly finishReasons: readonly string[];
  /** In start order, ties in the order of arrival. */
  readonly modelCalls: readonly ModelCallReading[];
  /** Spans that stand for several of these calls, with the usage of them all where the calls have none. */
  readonly callSums: readonly ModelCallReading[];
  /** In call order, repeats kept, hand-overs and pseudo tools left out. */
  readonly toolCalls: readonly ToolCallReading[];
  /** Sum over the turn by the token algebra. */
  readonly usage: TokenUsage;
  readonly tokenRule: string;
  /** `undefined` where the spans do not say. */
  readonly success: boolean | undefined;
  /** Error of the invocation, or of its last model call; `undefined` where none is reported. */
  readonly error: string | undefined;
  /** `undefined`: no ZIP was seen. */
  readonly zip: ZipColumns | undefined;
  readonly apiVersion: string | undefined;
  readonly rawMcpResponse: string | undefined;
  readonly client: ConversationRecord['client_info'];
  readonly serviceName: string | undefined;
  readonly serviceVersion: string | undefined;
  readonly startTimeUnixNano: bigint;
  /** `undefined` while a root has not ended. */
  readonly endTimeUnixNano: bigint | undefined;
  /** Whole milliseconds in which a model worked: without the tools and agents that a call's span may enclose. */
  readonly modelTimeMs: number | null;
  /** Whole milliseconds in which a tool worked. */
  readonly toolTimeMs: number | null;
  /** From the start of the turn to the first streamed token. */
  readonly timeToFirstTokenMs: number | null;
}
