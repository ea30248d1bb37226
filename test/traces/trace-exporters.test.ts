import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import type { ContentPolicyConfig } from '../../src/privacy/content-policy.ts';
import {
  createTraceExporters,
  type TraceExporters,
  type TraceExportersConfig,
} from '../../src/start/trace-exporters.ts';
import { LocalStore } from '../../src/store/local-store.ts';
import { LOOPBACK_CERTIFICATE } from '../support/loopback-certificate.ts';
import type { LoopbackCloudTrace } from '../support/loopback-cloud-trace.ts';
import { LoopbackTelemetry } from '../support/loopback-telemetry.ts';
import { findLeak, readDialectFixtures } from './dialect-fixtures.ts';

const DIRECTORY = mkdtempSync(join(tmpdir(), 'spanledger-traces-'));
const FIXTURES = readDialectFixtures();
const ALL_SPANS = FIXTURES.flatMap(({ spans }) => spans);
const TRACE_IDS = new Set(ALL_SPANS.map((span) => span.spanContext().traceId));

const DEFAULT_CONTENT: ContentPolicyConfig = {
  default: { kind: 'none' },
  fields: new Map(),
  redaction: { detectors: [], patterns: [], functions: [] },
  hashKey: undefined,
};

const lines: string[] = [];
const diagnostics = createDiagnostics({ write: (line) => lines.push(line) });

function exportersOf(
  names: TraceExportersConfig['exporters'],
  more: Partial<TraceExportersConfig> = {},
): TraceExporters {
  return createTraceExporters({
    exporters: names,
    content: DEFAULT_CONTENT,
    project: 'test-project',
    localPath: join(DIRECTORY, 'spans.db'),
    telemetryEndpoint: undefined,
    env: {},
    diagnostics,
    clock: systemClock,
    ...more,
  });
}

/** As a host does: whole traces, and a flush when they are done. */
async function exportAll(exporters: TraceExporters): Promise<void> {
  for (const { spans } of FIXTURES) {
    for (const span of spans) for (const processor of exporters.processors) processor.onEnd(span);
    await Promise.all(exporters.processors.map((processor) => processor.forceFlush()));
  }
  await Promise.all(exporters.processors.map((processor) => processor.shutdown()));
}

let telemetry: LoopbackTelemetry;
let cloudTrace: LoopbackCloudTrace;

beforeAll(async () => {
  const certificateFile = join(DIRECTORY, 'certificate.pem');
  writeFileSync(certificateFile, LOOPBACK_CERTIFICATE);
  process.env.GRPC_DEFAULT_SSL_ROOTS_FILE_PATH = certificateFile;
  const { LoopbackCloudTrace: Loopback } = await import('../support/loopback-cloud-trace.ts');
  cloudTrace = await Loopback.start();
  telemetry = await LoopbackTelemetry.start();
});

afterAll(async () => {
  cloudTrace.stop();
  await telemetry.stop();
  rmSync(DIRECTORY, { recursive: true, force: true });
});

function expectNoLeak(bodies: readonly Buffer[]): void {
  const bytes = Buffer.concat(bodies);
  expect(bytes.length).toBeGreaterThan(10_000);
  for (const { name, secrets } of FIXTURES) expect(findLeak(bytes, secrets), name).toBeUndefined();
}

describe('trace exporters, over the captures of every dialect', () => {
  it('has captures that hold what must not be sent', () => {
    expect(FIXTURES.length).toBeGreaterThan(100);
    const silent = FIXTURES.filter(({ snapshots, secrets }) => {
      const json = JSON.stringify(snapshots, (_, value) => (typeof value === 'bigint' ? String(value) : value));
      return findLeak(Buffer.from(json), secrets) === undefined;
    });
    // Captured without content, or failed before anything was said.
    const expected = /nocontent|modelerror|errorresponse|^otel-instrumentation-openai/;
    expect(silent.filter(({ name }) => !expected.test(name))).toEqual([]);
    expect(silent.length).toBeLessThan(FIXTURES.length / 10);
  });

  it('otlp-google: everything arrives, authorised, in the project, with no content', async () => {
    telemetry.asGoogle = true;
    let token = 0;
    const exporters = exportersOf(['otlp-google'], {
      telemetryEndpoint: telemetry.url,
      googleCredentials: {
        getRequestHeaders: () => Promise.resolve(new Headers({ authorization: `Bearer token-${++token}` })),
        getProjectId: () => Promise.reject(new Error('not asked: the project is configured')),
      },
    });
    await exportAll(exporters);
    expect(telemetry.refusals).toEqual([]);
    expect(exporters.stats()).toEqual({
      'otlp-google': { exported: ALL_SPANS.length, failed: 0, queued: 0, dropped: {} },
    });
    expect(telemetry.spans).toHaveLength(ALL_SPANS.length);
    expect(new Set(telemetry.spans.map(({ traceId }) => traceId))).toEqual(TRACE_IDS);
    expect(telemetry.spans.every(({ resource }) => resource['gcp.project_id'] === 'test-project')).toBe(true);
    expect(new Set(telemetry.requests.map(({ authorization }) => authorization)).size).toBe(telemetry.requests.length);
    expectNoLeak(telemetry.requests.map(({ body }) => body));
  });

  it.each(['http/protobuf', 'http/json'])('otlp over %s: everything arrives, with no content', async (protocol) => {
    telemetry.asGoogle = false;
    telemetry.requests.length = 0;
    telemetry.spans.length = 0;
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = telemetry.url;
    const exporters = exportersOf(['otlp'], { env: { OTEL_EXPORTER_OTLP_PROTOCOL: protocol } });
    await exportAll(exporters);
    expect(telemetry.refusals).toEqual([]);
    expect(new Set(telemetry.requests.map(({ contentType }) => contentType))).toEqual(
      new Set([protocol === 'http/json' ? 'application/json' : 'application/x-protobuf']),
    );
    expect(telemetry.spans).toHaveLength(ALL_SPANS.length);
    expectNoLeak(telemetry.requests.map(({ body }) => body));
  });

  it('cloud-trace: nothing is refused, cut or rounded, with no content', async () => {
    const exporters = exportersOf(['cloud-trace'], { cloudTrace: cloudTrace.clientOptions });
    await exportAll(exporters);
    expect(lines.filter((line) => line.includes('failed'))).toEqual([]);
    expect(cloudTrace.refusals).toEqual([]);
    expect(cloudTrace.spans).toHaveLength(ALL_SPANS.length);
    expect(new Set(cloudTrace.spans.map(({ name }) => name.split('/')[3]))).toEqual(TRACE_IDS);
    expect(cloudTrace.authorizations.length).toBeGreaterThan(0);
    expectNoLeak(cloudTrace.bodies);
    expect(lines.filter((line) => line.includes('cloud-trace-deprecated'))).toHaveLength(1);
  });

  it('local: every span is in the store, with no content', async () => {
    const exporters = exportersOf(['local']);
    await exportAll(exporters);
    const store = LocalStore.openReadOnly(join(DIRECTORY, 'spans.db'));
    expect(store.query('SELECT count(*) AS n FROM spans')[0]?.n).toBe(ALL_SPANS.length);
    store.close();
    expectNoLeak([readFileSync(join(DIRECTORY, 'spans.db'))]);
  });

  it('console: a line a span, without control characters and content', async () => {
    const before = lines.length;
    await exportAll(exportersOf(['console']));
    const printed = lines.slice(before);
    expect(printed).toHaveLength(ALL_SPANS.length);
    expectNoLeak([Buffer.from(printed.join('\n'))]);
  });

  it('keeps what tells a span: names, models, tokens, ids, the type of an error and where it was thrown', () => {
    const bytes = Buffer.concat(telemetry.requests.map(({ body }) => body)).toString('utf8');
    for (const text of [
      'invoke_agent',
      'gemini-2.5-flash',
      'gpt-4.1-mini-2025-04-14',
      'sess-simple-01',
      'user-ivy',
      'get_weather',
      'gen_ai.usage.input_tokens',
      'llm.token_count.prompt',
      'ai.usage.totalTokens',
      'langfuse.observation.usage_details',
      'InternalServerError',
      'exception.type',
      '/api/chat',
      'traceloop.span.kind',
      'openinference.span.kind',
    ])
      expect(bytes, text).toContain(text);
  });
});

describe('a trace exporter that fails', () => {
  it('is said once and counted, and the host sees nothing of it', async () => {
    telemetry.faults = () => ({ kind: 'status', status: 403 });
    const exporters = exportersOf(['otlp-google', 'console'], {
      telemetryEndpoint: telemetry.url,
      googleCredentials: {
        getRequestHeaders: () => Promise.resolve(new Headers()),
        getProjectId: () => Promise.resolve('other'),
      },
    });
    lines.length = 0;
    await exportAll(exporters);
    telemetry.faults = () => undefined;
    const stats = exporters.stats();
    expect(stats['otlp-google']).toEqual({ exported: 0, failed: ALL_SPANS.length, queued: 0, dropped: {} });
    expect(stats.console?.exported).toBe(ALL_SPANS.length);
    expect(lines.filter((line) => line.includes('otlp-google'))).toHaveLength(1);
  });

  it('fails alone where there are no credentials', async () => {
    const exporters = exportersOf(['otlp-google'], {
      telemetryEndpoint: telemetry.url,
      googleCredentials: {
        getRequestHeaders: () => Promise.reject(new Error('no credentials here')),
        getProjectId: () => Promise.resolve('other'),
      },
    });
    await exportAll(exporters);
    expect(exporters.stats()['otlp-google']).toMatchObject({ exported: 0, failed: ALL_SPANS.length });
  });
});
