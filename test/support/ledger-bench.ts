import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Attributes, context, ROOT_CONTEXT, type Span, type SpanOptions, trace } from '@opentelemetry/api';
import { BasicTracerProvider, type IdGenerator, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { onTestFinished } from 'vitest';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import type { ConversationRecord } from '../../src/record/conversation-columns.ts';
import { createSpanledger, type Spanledger } from '../../src/start/spanledger.ts';
import type { StartOptions } from '../../src/start/start-options.ts';
import { ManualClock } from './manual-clock.ts';
import { readStoredRows } from './read-stored-rows.ts';

/** A span of the real SDK whose insides a test may change, as other span processors do. */
export type TamperedSpan = Span & ReadableSpan;

export interface LedgerBench {
  readonly ledger: Spanledger;
  readonly clock: ManualClock;
  /** Lines that the package said. */
  readonly said: readonly string[];
  readonly localPath: string;
  /** Ids that the next spans get, in order; afterwards ids are counted up. */
  readonly nextIds: { readonly traceIds: string[]; readonly spanIds: string[] };
  start(name: string, parent?: Span, options?: SpanOptions): TamperedSpan;
  /** Writes finished turns. @returns every row of the store, in order of writing; each is valid for the table */
  rows(): Promise<readonly ConversationRecord[]>;
}

/** The whole ledger between real SDK spans and the real local store, on a clock that the test moves. */
export function openLedgerBench(options: StartOptions = {}): LedgerBench {
  const directory = mkdtempSync(join(tmpdir(), 'spanledger-bench-'));
  const localPath = options.localPath ?? join(directory, 'spanledger.db');
  const clock = new ManualClock();
  const said: string[] = [];
  const diagnostics = createDiagnostics({ write: (line) => said.push(line) });
  const ledger = createSpanledger({
    configFile: false,
    env: {},
    store: 'local',
    clock,
    diagnostics,
    ...options,
    localPath,
  });
  const idGenerator = new ChosenIds();
  const provider = new BasicTracerProvider({
    spanProcessors: [...ledger.spanProcessors],
    sampler: ledger.sampler,
    idGenerator,
  });
  const tracer = provider.getTracer('bench');
  onTestFinished(async () => {
    await ledger.shutdown();
    rmSync(directory, { recursive: true });
  });
  return {
    ledger,
    clock,
    said,
    localPath,
    nextIds: idGenerator,
    start(name, parent, spanOptions = {}) {
      const parentContext = parent === undefined ? ROOT_CONTEXT : trace.setSpan(context.active(), parent);
      const span = tracer.startSpan(name, spanOptions, parentContext);
      if (!isReadable(span)) throw new Error('the span is not recorded');
      return span;
    },
    async rows() {
      await ledger.flush();
      return ledger.stats().rows.received === 0 ? [] : readStoredRows(localPath);
    },
  };
}

function isReadable(span: Span): span is TamperedSpan {
  return span.isRecording() && 'attributes' in span;
}

class ChosenIds implements IdGenerator {
  readonly traceIds: string[] = [];
  readonly spanIds: string[] = [];
  #count = 0;

  generateTraceId(): string {
    return this.traceIds.shift() ?? this.#next(32);
  }

  generateSpanId(): string {
    return this.spanIds.shift() ?? this.#next(16);
  }

  #next(length: number): string {
    this.#count += 1;
    return this.#count.toString(16).padStart(length, '0');
  }
}

export const AGENT: Attributes = {
  'gen_ai.operation.name': 'invoke_agent',
  'gen_ai.agent.name': 'finder',
  'session.id': 'session-1',
  'user.id': 'ana',
  'gen_ai.input.messages': messages('user', 'How many?'),
};

export const CALL: Attributes = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.request.model': 'gemini-2.5-flash',
  'gen_ai.response.model': 'gemini-2.5-flash',
  'gen_ai.usage.input_tokens': 100,
  'gen_ai.usage.output_tokens': 10,
  'gen_ai.output.messages': messages('assistant', 'Twelve.'),
};

export const TOOL: Attributes = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'look_up' };

export function messages(role: 'user' | 'assistant', text: string): string {
  return JSON.stringify([{ role, parts: [{ type: 'text', content: text }] }]);
}

/** A whole turn with one model call. Attributes are set as the host sets them; `undefined` leaves one out. */
export function runTurn(
  bench: LedgerBench,
  { root, call }: { readonly root?: Attributes; readonly call?: Attributes } = {},
): TamperedSpan {
  const agent = bench.start('invoke_agent finder', undefined, { attributes: { ...AGENT, ...root } });
  bench.start('chat', agent, { attributes: { ...CALL, ...call } }).end();
  agent.end();
  return agent;
}
