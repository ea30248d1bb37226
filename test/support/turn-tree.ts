import { classifySpan } from '../../src/record/dialects/classify-span.ts';
import { readTurn } from '../../src/record/read-turn.ts';
import type { TurnReading } from '../../src/record/turn-reading.ts';
import { buildTurns } from '../../src/spans/build-turns.ts';
import type { Attributes, SpanSnapshot } from '../../src/spans/span-snapshot.ts';
import { sampleSpan } from './span-snapshot-builder.ts';

/** A span of a written tree; children follow each other in time unless told otherwise. */
export interface TreeSpan {
  readonly name?: string;
  readonly scope?: string;
  readonly attributes?: Attributes;
  readonly error?: string;
  /** The span says that it went well. */
  readonly ok?: boolean;
  readonly events?: SpanSnapshot['events'];
  /** Milliseconds; default: after the sibling before. */
  readonly start?: number;
  /** Milliseconds; `null`: never ended. Default: after the last child. */
  readonly end?: number | null;
  readonly children?: readonly TreeSpan[];
}

/** The spans of a written tree, parents first. */
export function treeSpans(root: TreeSpan): readonly SpanSnapshot[] {
  const spans: SpanSnapshot[] = [];
  let clock = 0;
  const add = (node: TreeSpan, parent: string | undefined): void => {
    const id = `s${spans.length}`;
    const start = node.start ?? ++clock;
    const at = spans.push(sampleSpan({ id, start, end: start, ...(parent === undefined ? {} : { parent }) })) - 1;
    for (const child of node.children ?? []) add(child, id);
    clock = Math.max(clock, start) + 1;
    const open = node.end === null;
    const end = node.end ?? clock;
    const made = spans[at];
    if (made === undefined) return;
    spans[at] = {
      ...made,
      name: node.name ?? id,
      scope: { name: node.scope ?? 'app', version: undefined },
      attributes: { ...node.attributes },
      events: node.events ?? [],
      status: statusOf(node) ?? made.status,
      endTimeUnixNano: open ? undefined : BigInt(end) * 1_000_000n + 1n,
    };
  };
  add(root, undefined);
  return spans;
}

function statusOf({ error, ok }: TreeSpan): SpanSnapshot['status'] | undefined {
  if (error !== undefined) return { code: 'error', message: error };
  return ok === true ? { code: 'ok', message: undefined } : undefined;
}

/** Readings of the turns in a written tree. */
export function readTree(root: TreeSpan): readonly TurnReading[] {
  return buildTurns(treeSpans(root), classifySpan).map(readTurn);
}

export function agent(children: readonly TreeSpan[], attributes: Attributes = {}, error?: string): TreeSpan {
  return span('invoke_agent', children, attributes, error);
}

export function call(attributes: Attributes = {}, children: readonly TreeSpan[] = [], error?: string): TreeSpan {
  return span('chat', children, attributes, error);
}

export function tool(name: string, children: readonly TreeSpan[] = [], error?: string): TreeSpan {
  return span('execute_tool', children, { 'gen_ai.tool.name': name }, error);
}

export function tokens(input: number, output: number): Attributes {
  return { 'gen_ai.usage.input_tokens': input, 'gen_ai.usage.output_tokens': output };
}

export function says(text: string): Attributes {
  return {
    'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: text }] }]),
  };
}

export function asks(text: string): Attributes {
  return { 'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: text }] }]) };
}

function span(
  operation: string,
  children: readonly TreeSpan[],
  attributes: Attributes,
  error: string | undefined,
): TreeSpan {
  return {
    name: operation,
    children,
    attributes: { 'gen_ai.operation.name': operation, ...attributes },
    ...(error === undefined ? {} : { error }),
  };
}
