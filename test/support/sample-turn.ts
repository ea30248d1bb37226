import { classifySpan } from '../../src/record/dialects/classify-span.ts';
import { buildTurns } from '../../src/spans/build-turns.ts';
import type { Attributes, AttributeValue, SpanSnapshot } from '../../src/spans/span-snapshot.ts';
import type { Turn } from '../../src/spans/turn.ts';

/** Tokens as the provider reports them: `output` includes `thoughts`, `input` includes `cached`. */
export interface SampleUsage {
  readonly input: number;
  readonly output: number;
  readonly thoughts?: number;
  readonly cached?: number;
}

export interface SampleCall {
  /** Left out: the call answered without usage. */
  readonly usage?: SampleUsage;
  readonly text?: string;
  readonly error?: string;
}

export interface SampleTurnOptions {
  /** Makes ids; different numbers make different turns. */
  readonly number?: number;
  readonly question?: string;
  readonly calls?: readonly SampleCall[];
  readonly tools?: readonly string[];
  /** A ZIP that is finished so long after the turn's end; negative: before it. */
  readonly zipEndsAfterMillis?: number;
  readonly error?: string;
  readonly agent?: string;
  readonly startMillis?: number;
}

const SECOND = 1_000_000_000n;

/** A turn of the invoice agent in the package's own vocabulary: model and tool calls in alternation, a second each. */
export function sampleTurn(options: SampleTurnOptions = {}): Turn {
  const { number = 1, question = '¿Cuántas facturas hay?', tools = [], agent = 'invoice_pdf_finder_agent' } = options;
  const calls = options.calls ?? [{ usage: { input: 1_200, output: 300 }, text: 'Encontré 12 facturas.' }];
  const start = BigInt(options.startMillis ?? Date.UTC(2025, 5, 5, 12, 48, 33, 123)) * 1_000_000n;
  const traceId = `f${(number + 1).toString(16).padStart(31, '0')}`;
  let nextId = 1;
  let now = start;
  const spans: SpanSnapshot[] = [];
  const add = (name: string, attributes: Record<string, AttributeValue>, end: bigint, error?: string): void => {
    spans.push({
      ...SPAN,
      traceId,
      spanId: (nextId++).toString(16).padStart(16, '0'),
      parentSpanId: name.startsWith('invoke_agent') ? undefined : '00000000000000ff',
      name,
      startTimeUnixNano: now,
      endTimeUnixNano: end,
      status: error === undefined ? SPAN.status : { code: 'error', message: error },
      attributes: asAttributes(attributes),
    });
  };
  for (let index = 0; index < Math.max(calls.length, tools.length); index += 1) {
    const call = calls[index];
    if (call !== undefined) {
      add('chat gemini-2.5-flash', callAttributes(call), now + SECOND, call.error);
      now += SECOND;
    }
    const tool = tools[index];
    if (tool !== undefined) {
      const attributes = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': tool };
      add(`execute_tool ${tool}`, attributes, now + SECOND);
      now += SECOND;
    }
  }
  const end = now;
  if (options.zipEndsAfterMillis !== undefined) {
    add('zip.create', ZIP_ATTRIBUTES, end + BigInt(options.zipEndsAfterMillis) * 1_000_000n);
  }
  now = start;
  add(
    `invoke_agent ${agent}`,
    {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': agent,
      'gen_ai.conversation.id': `session-${number % 100}`,
      'session.id': `session-${number % 100}`,
      'user.id': 'ana',
      'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: question }] }]),
    },
    end,
    options.error,
  );
  const root = spans.at(-1);
  if (root !== undefined) spans[spans.length - 1] = { ...root, spanId: '00000000000000ff' };
  const [turn] = buildTurns(spans, classifySpan);
  if (turn === undefined) throw new Error('the sample makes no turn');
  return turn;
}

const ZIP_ATTRIBUTES = {
  'zip.id': 'zip-1',
  'zip.generation_time_ms': 2_500,
  'zip.parallel_download_time_ms': 1_800,
  'zip.max_workers_used': 10,
  'zip.files_included': 60,
  'zip.files_missing': 1,
  'zip.total_size_bytes': 123_456,
};

const SPAN: Omit<
  SpanSnapshot,
  'traceId' | 'spanId' | 'parentSpanId' | 'name' | 'startTimeUnixNano' | 'endTimeUnixNano' | 'attributes'
> = {
  parentIsRemote: false,
  kind: 0,
  status: { code: 'unset', message: undefined },
  events: [],
  droppedCount: 0,
  resource: asAttributes({ 'service.name': 'invoice-agent' }),
  scope: { name: 'spanledger', version: '1.0.0' },
  sampled: true,
};

function callAttributes({ usage, text }: SampleCall): Record<string, AttributeValue> {
  const parts =
    text === undefined ? [{ type: 'tool_call', name: 'any', arguments: {} }] : [{ type: 'text', content: text }];
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'gcp.vertex_ai',
    'gen_ai.request.model': 'gemini-2.5-flash',
    'gen_ai.response.model': 'gemini-2.5-flash',
    'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts }]),
    ...(usage && {
      'gen_ai.usage.input_tokens': usage.input,
      'gen_ai.usage.output_tokens': usage.output,
      'spanledger.usage.total_tokens': usage.input + usage.output,
    }),
    ...(usage?.thoughts !== undefined && { 'gen_ai.usage.reasoning.output_tokens': usage.thoughts }),
    ...(usage?.cached !== undefined && { 'gen_ai.usage.cache_read.input_tokens': usage.cached }),
  };
}

function asAttributes(entries: Record<string, AttributeValue>): Attributes {
  return Object.freeze(Object.assign(Object.create(null), entries));
}
