import type { SpanSnapshot } from './span-snapshot.ts';

/** A span with the spans below it, in order of start; ties keep the order of arrival. */
export interface SpanNode {
  readonly span: SpanSnapshot;
  readonly children: readonly SpanNode[];
}

/** Why a turn is known to lack something. */
export type IncompleteReason =
  /** The root had not ended when the row was written (`turn_timeout`, shutdown or the memory bound). */
  | 'root_open'
  /** A span below the root was still open when the row was written. */
  | 'span_open'
  /** A span of the turn names a parent that never arrived. */
  | 'parent_missing'
  /** Spans or parts of spans were dropped by a bound. */
  | 'span_dropped';

/**
 * One finished agent turn: the immutable input of every mapping.
 * `roots` holds one node as a rule; several where a trace without an agent span has several topmost GenAI spans under
 * one local root, or where orphans wait for the same parent. `roots[0]` is the turn's root.
 */
export interface Turn {
  readonly traceId: string;
  /** Names the row: the id of the root, which an amendment keeps although another span may have become the first. */
  readonly rootSpanId: string;
  readonly roots: readonly [SpanNode, ...SpanNode[]];
  /** Local spans above the roots, nearest first: they may lend ids and an error, nothing else. */
  readonly ancestors: readonly SpanSnapshot[];
  /** 1 for the first row of the turn, then 2, 3… where late spans amended it. */
  readonly recordVersion: number;
  /** `undefined`: complete. */
  readonly incompleteReason: IncompleteReason | undefined;
}

/**
 * What a span is to a turn, as a dialect says it:
 * `agent` begins or nests a turn; `genai` belongs to one and can begin one where no agent is (model, chain…), and so
 * does a `tool`; `part` adds to the row of a turn above it and never begins one (`zip.create`); `other` is anybody's.
 */
export type SpanRole = 'agent' | 'genai' | 'tool' | 'part' | 'other';

/** What is known of a span from its start on; attributes may still come. */
export type SpanIdentity = Pick<SpanSnapshot, 'name' | 'scope' | 'attributes'>;

export type ClassifySpan = (span: SpanIdentity) => SpanRole;
