import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT_CONTEXT, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import { DEFAULT_DELIVERY } from '../../src/delivery/delivery-config.ts';
import { DeliverySink } from '../../src/delivery/delivery-sink.ts';
import type { RowSink } from '../../src/delivery/row-sink.ts';
import { createBigQueryTransport } from '../../src/google/bigquery-transport.ts';
import { createCloudLoggingWriter } from '../../src/google/cloud-logging.ts';
import { DETECTOR_NAMES } from '../../src/privacy/detectors/detector-names.ts';
import { createSpanledger } from '../../src/start/spanledger.ts';
import type { StartOptions } from '../../src/start/start-options.ts';
import { LocalStore } from '../../src/store/local-store.ts';
import { LEDGER_TABLES } from '../../src/store/tables.ts';
import { CREDENTIALS } from '../privacy/corpus/credentials.ts';
import { LOOK_ALIKES } from '../privacy/corpus/look-alikes.ts';
import { PERSONAL_DATA } from '../privacy/corpus/personal-data.ts';
import { LoopbackBigQuery } from '../support/loopback-bigquery.ts';
import { LoopbackLogging, loopbackClientOptions } from '../support/loopback-logging.ts';
import { LoopbackTelemetry } from '../support/loopback-telemetry.ts';
import { CUTS_AT_NUL } from '../support/old-sqlite.ts';

const POSITIVES = [...CREDENTIALS, ...PERSONAL_DATA];
/** Secrets so long that bytes made by chance, such as ids and times, do not hold them. */
const SECRETS = [...new Set(POSITIVES.map(({ secret }) => secret))].filter(
  (secret) => secret.length > 8 || (/[^\d]/.test(secret) && secret.length > 5),
);

let telemetry: LoopbackTelemetry;
let bigquery: LoopbackBigQuery;
let logging: LoopbackLogging;

beforeAll(async () => {
  telemetry = await LoopbackTelemetry.start();
  bigquery = await LoopbackBigQuery.start();
  logging = await LoopbackLogging.start();
  for (const { name, columns } of LEDGER_TABLES) bigquery.addTable('chat_analytics', name, columns);
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = telemetry.url;
});

afterAll(async () => {
  delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  await telemetry.stop();
  await bigquery.close();
  logging.close();
});

/** A turn that says a text in every place where a turn can say something. */
function sayEverywhere(tracer: Tracer, text: string): void {
  const messages = (role: string) => JSON.stringify([{ role, parts: [{ type: 'text', content: text }] }]);
  const fail = (span: ReturnType<Tracer['startSpan']>): void => {
    span.recordException(new TypeError(text));
    span.setStatus({ code: SpanStatusCode.ERROR, message: text });
    span.end();
  };
  const child = (name: string, attributes: Record<string, string>, parent: ReturnType<Tracer['startSpan']>) =>
    tracer.startSpan(name, { attributes }, trace.setSpan(ROOT_CONTEXT, parent));
  const agent = tracer.startSpan('invoke_agent invoice', {
    root: true,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'invoice',
      'session.id': `s ${text}`,
      'user.id': text,
      'gen_ai.input.messages': messages('user'),
      'gen_ai.output.messages': messages('assistant'),
      'spanledger.raw_mcp_response': JSON.stringify({ result: text }),
      'spanledger.client_info.user_agent': text,
      'own.note': text,
    },
  });
  const model = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'm',
    'gen_ai.input.messages': messages('user'),
  };
  fail(child('chat m', model, agent));
  const tool = {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'search',
    'gen_ai.tool.call.result': text,
  };
  fail(child('execute_tool search', tool, agent));
  agent.addEvent('gen_ai.user.message', { content: text });
  child('chat m', { ...model, 'gen_ai.output.messages': messages('assistant') }, agent).end();
  agent.end();
  const failing = tracer.startSpan('invoke_agent invoice', {
    root: true,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'invoice',
      'gen_ai.input.messages': messages('user'),
    },
  });
  fail(failing);
}

interface Ran {
  readonly directory: string;
  readonly lines: readonly string[];
}

/** Runs the whole ledger over the texts, then ends it. */
async function run(
  texts: readonly string[],
  options: StartOptions,
  sink?: (directory: string) => RowSink,
): Promise<Ran> {
  const directory = mkdtempSync(join(tmpdir(), 'spanledger-redaction-'));
  const lines: string[] = [];
  const ledger = createSpanledger({
    configFile: false,
    env: {},
    store: 'local',
    localPath: join(directory, 'store.db'),
    redact: DETECTOR_NAMES,
    traceContent: 'full',
    traceExporters: ['local', 'otlp', 'console'],
    diagnostics: createDiagnostics({ write: (line) => lines.push(line) }),
    ...(sink !== undefined && { sink: sink(directory) }),
    ...options,
  });
  const provider = new NodeTracerProvider({ spanProcessors: [...ledger.spanProcessors], sampler: ledger.sampler });
  // The span queue holds some two thousand.
  for (let start = 0; start < texts.length; start += 100) {
    for (const text of texts.slice(start, start + 100)) sayEverywhere(provider.getTracer('agent'), text);
    await ledger.flush(60_000);
  }
  await ledger.shutdown(60_000);
  return { directory, lines };
}

function filesIn(directory: string): Buffer {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Buffer.concat(files.map(({ parentPath, name }) => readFileSync(join(parentPath, name))));
}

/** Secrets in the bytes: as they are, and as JSON writes them once and twice. */
function leaks(bytes: Buffer): readonly string[] {
  const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);
  return SECRETS.filter((secret) =>
    [secret, inJson(secret), inJson(inJson(secret))].some((form) => bytes.includes(form)),
  );
}

function deliverySink(directory: string): RowSink {
  const config = {
    ...DEFAULT_DELIVERY,
    lingerMillis: 0,
    outbox: {
      directory: join(directory, 'outbox'),
      maxBytes: 2 ** 30,
      whenFull: 'oldest-to-fallback',
      durability: 'process',
    },
  } as const;
  return new DeliverySink(config, {
    transport: () =>
      createBigQueryTransport({
        projectId: 'test-project',
        datasetId: 'chat_analytics',
        table: 'conversation_logs',
        apiEndpoint: bigquery.url,
      }),
    fallback: () =>
      createCloudLoggingWriter({ projectId: 'test-project', clientOptions: loopbackClientOptions(logging.port) }),
    diagnostics: createDiagnostics({ write: () => undefined }),
  });
}

describe('a hostile corpus through the whole ledger', () => {
  it('is nowhere in the local store, its spans, the traces that were sent, and what was said', async () => {
    const { directory, lines } = await run(
      POSITIVES.map(({ text }) => text),
      {},
    );
    const store = LocalStore.openReadOnly(join(directory, 'store.db'));
    expect(store.query('SELECT count(*) AS n FROM conversation_logs')[0]?.n).toBe(POSITIVES.length * 2);
    store.close();
    expect(leaks(filesIn(directory))).toEqual([]);
    expect(telemetry.spans.length).toBe(POSITIVES.length * 5);
    expect(leaks(Buffer.concat(telemetry.requests.map(({ body }) => body)))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('[span] '))).toHaveLength(POSITIVES.length * 5);
    expect(leaks(Buffer.from(lines.join('\n')))).toEqual([]);
    rmSync(directory, { recursive: true });
  });

  it('is nowhere in BigQuery, the outbox and Cloud Logging', async () => {
    const { directory } = await run(
      POSITIVES.map(({ text }) => text),
      { traceExporters: ['none'] },
      deliverySink,
    );
    expect(bigquery.rows('conversation_logs')).toHaveLength(POSITIVES.length * 2);
    expect(leaks(Buffer.from(JSON.stringify(bigquery.rows('conversation_logs'))))).toEqual([]);
    expect(leaks(filesIn(directory))).toEqual([]);
    rmSync(directory, { recursive: true });

    bigquery.faults = ({ rowCount }) => ({
      kind: 'row-errors',
      reason: 'invalid',
      indexes: Array.from({ length: rowCount }, (_, index) => index),
    });
    const refused = await run(
      POSITIVES.slice(0, 60).map(({ text }) => text),
      { traceExporters: ['none'] },
      deliverySink,
    );
    expect(logging.entries().length).toBe(120);
    expect(leaks(Buffer.from(JSON.stringify(logging.entries())))).toEqual([]);
    expect(leaks(filesIn(refused.directory))).toEqual([]);
    rmSync(refused.directory, { recursive: true });
  });

  it('harms no look-alike', async () => {
    const texts = LOOK_ALIKES.filter((text) => !CUTS_AT_NUL || !text.includes('\u0000'));
    const { directory } = await run(texts, { traceExporters: ['none'] });
    const store = LocalStore.openReadOnly(join(directory, 'store.db'));
    const rows = store.query(
      'SELECT user_question, agent_response, raw_mcp_response FROM conversation_logs WHERE agent_response IS NOT NULL',
    );
    store.close();
    const wellFormed = texts.map((text) => text.toWellFormed());
    expect(new Set(rows.map((row) => row.user_question))).toEqual(new Set(wellFormed));
    expect(new Set(rows.map((row) => row.agent_response))).toEqual(new Set(wellFormed));
    rmSync(directory, { recursive: true });
  });
});
