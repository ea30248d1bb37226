import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context, trace } from '@opentelemetry/api';
import { BasicTracerProvider, SimpleSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BigQuerySpanExporter } from '../../exporters/bigquery.ts';
import { DualSpanExporter } from '../../exporters/dual.ts';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import type { SettingValues } from '../../src/config/setting-values.ts';
import { createSpanledger } from '../../src/start/spanledger.ts';
import { LocalStore } from '../../src/store/local-store.ts';
import { runTestCli } from '../cli/test-context.ts';
import { CollectingSink } from '../support/collecting-sink.ts';

// What is said in a turn reaches a sink only as the content policy leaves it, on whatever way it goes.

const QUESTION = 'which invoice has the number seven';
const CARD = '4111 1111 1111 1111';
const API_KEY = `sk-${'a1B2'.repeat(12)}`;
const SECRETS = [QUESTION, CARD, API_KEY, 'the tool said'];

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'content-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const messages = (role: string, content: string): string =>
  JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);

/** A turn whose question holds a card number and a key, and whose tool fails with a text. */
function runTurn(provider: BasicTracerProvider): void {
  const tracer = provider.getTracer('test');
  const said = `${QUESTION} ${CARD} ${API_KEY}`;
  const agent = tracer.startSpan('invoke_agent finder', {
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'finder',
      'gen_ai.input.messages': messages('user', said),
      'gen_ai.output.messages': messages('assistant', said),
      'spanledger.raw_mcp_response': said,
    },
  });
  const within = trace.setSpan(context.active(), agent);
  const tool = tracer.startSpan(
    'execute_tool search',
    { attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' } },
    within,
  );
  tool.recordException(new Error(`the tool said ${said}`));
  tool.setStatus({ code: 2, message: `the tool said ${said}` });
  tool.end();
  const usage = { 'gen_ai.usage.input_tokens': 3, 'gen_ai.usage.output_tokens': 2 };
  tracer.startSpan('chat m', { attributes: { 'gen_ai.operation.name': 'chat', ...usage } }, within).end();
  agent.end();
}

async function exportTurn(exporter: SpanExporter): Promise<void> {
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  runTurn(provider);
  await provider.shutdown();
}

function expectNothingSaid(stored: string): void {
  for (const secret of SECRETS) expect(stored).not.toContain(secret);
}

const NOTHING = { content: 'none', redact: ['card', 'api_key'] } as const satisfies Partial<SettingValues>;

describe('the plain exporters', () => {
  it.each([
    ['BigQuerySpanExporter', BigQuerySpanExporter, 'solid'],
    ['BigQuerySpanExporter', BigQuerySpanExporter, 'dual'],
    ['DualSpanExporter', DualSpanExporter, 'dual'],
  ] as const)('%s keeps nothing under `none`, in %s', async (_, Exporter, backend) => {
    const sink = new CollectingSink();
    await exportTurn(new Exporter({ sink, settings: { ...NOTHING, backend }, configFile: false, env: {} }));
    const tables = ['conversation_logs', 'conversation_logs_legacy', 'token_mismatches'] as const;
    expect(sink.json('conversation_logs')).toHaveLength(1);
    expectNothingSaid(tables.flatMap((table) => sink.json(table)).join());
  });

  it('BigQuerySpanExporter masks what the detectors find where content is kept', async () => {
    const sink = new CollectingSink();
    const settings = { redact: NOTHING.redact };
    await exportTurn(new BigQuerySpanExporter({ sink, settings, configFile: false, env: {} }));
    const [row] = sink.rows('conversation_logs');
    expect(row?.user_question).toBe(`${QUESTION} [REDACTED:card] [REDACTED:api_key]`);
  });

  it('DualSpanExporter runs both mappings where nothing names a mode, and the one that is named', async () => {
    const tablesIn = async (settings: Partial<SettingValues>): Promise<readonly (string | undefined)[]> => {
      const sink = new CollectingSink();
      await exportTurn(new DualSpanExporter({ sink, settings, configFile: false, env: {} }));
      return [...new Set(sink.keys.map((key) => key.split(' ')[0]))];
    };
    const all = ['conversation_logs_legacy', 'conversation_logs', 'token_mismatches'];
    expect(await tablesIn({})).toEqual(all);
    expect(await tablesIn({ backend: 'solid' })).toEqual(['conversation_logs']);
  });

  it('a live change of the mode takes effect in DualSpanExporter', async () => {
    const configFile = join(directory, 'config.yaml');
    const edit = (backend: string): void =>
      writeFileSync(configFile, `analytics:\n  conversation_tracking:\n    backend: ${backend}\n`);
    edit('dual');
    const sink = new CollectingSink();
    const lines: string[] = [];
    const diagnostics = createDiagnostics({ write: (line) => lines.push(line) });
    const exporter = new DualSpanExporter({ sink, configFile, env: {}, diagnostics });
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    runTurn(provider);
    await expect.poll(() => sink.json('conversation_logs_legacy')).toHaveLength(1);
    edit('solid');
    await expect.poll(() => lines.join(), { timeout: 20_000 }).toContain('[ANALYTICS] Backend: solid (was dual)');
    runTurn(provider);
    await provider.shutdown();
    expect(sink.json('conversation_logs')).toHaveLength(2);
    expect(sink.json('conversation_logs_legacy')).toHaveLength(1);
  });

  it('follows enabled, rules and store, and says what of the environment it ignores', async () => {
    const sink = new CollectingSink();
    await exportTurn(new BigQuerySpanExporter({ sink, settings: { enabled: false }, configFile: false, env: {} }));
    expect(sink.keys).toEqual([]);

    await exportTurn(
      new BigQuerySpanExporter({ sink, settings: { rules: 'invoice-agent' }, configFile: false, env: {} }),
    );
    expect(sink.rows('conversation_logs')[0]?.question_complexity).toBe('simple');

    const lines: string[] = [];
    const localPath = join(directory, 'store.db');
    await exportTurn(
      new BigQuerySpanExporter({
        settings: { store: 'local', project: 'my-project', localPath },
        configFile: false,
        env: { SPANLEDGER_TURN_TIMEOUT: 'soon' },
        diagnostics: createDiagnostics({ write: (line) => lines.push(line) }),
      }),
    );
    const store = LocalStore.openReadOnly(localPath);
    expect(store.query('SELECT count(*) AS rows FROM conversation_logs')).toEqual([{ rows: 1 }]);
    store.close();
    expect(lines.join()).toContain('SPANLEDGER_TURN_TIMEOUT is "soon"');
  });
});

describe('the command line', () => {
  const CONFIG = 'analytics:\n  conversation_tracking:\n    content:\n      mode: none\n      redact: all\n';
  const said = `${QUESTION} ${CARD} ${API_KEY}`;
  const text = (value: string) => ({ stringValue: value });
  const OTLP = {
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [
              {
                traceId: '1'.repeat(32),
                spanId: '2'.repeat(16),
                name: 'invoke_agent finder',
                startTimeUnixNano: '1750000000000000000',
                endTimeUnixNano: '1750000001000000000',
                attributes: [
                  { key: 'gen_ai.operation.name', value: text('invoke_agent') },
                  { key: 'gen_ai.input.messages', value: text(messages('user', said)) },
                  { key: 'gen_ai.output.messages', value: text(messages('assistant', said)) },
                ],
              },
            ],
          },
        ],
      },
    ],
  };

  const write = (name: string, content: string): string => {
    const path = join(directory, name);
    writeFileSync(path, content);
    return path;
  };

  /** Everything that is in the store, as text. */
  const readStore = (path: string): string => {
    const store = LocalStore.openReadOnly(path);
    const rows = store.query('SELECT * FROM conversation_logs');
    store.close();
    expect(rows).toHaveLength(1);
    return JSON.stringify(rows);
  };

  it('`map --config` prints what the policy of the configuration leaves', async () => {
    const [config, spans] = [write('config.yaml', CONFIG), write('spans.json', JSON.stringify(OTLP))];
    const open = await runTestCli(['map', spans], { cwd: directory });
    expect(open.stdout).toContain(QUESTION);
    const { exitCode, stdout } = await runTestCli(['map', '--config', config, spans], { cwd: directory });
    expect(exitCode).toBe(0);
    expectNothingSaid(stdout);
  });

  it.each(['records', 'OTLP'])('`replay` of %s stores what the policy of the configuration leaves', async (form) => {
    const [config, spans] = [write('config.yaml', CONFIG), write('spans.json', JSON.stringify(OTLP))];
    const { stdout } = await runTestCli(['map', spans], { cwd: directory });
    const rows = write('rows.json', stdout);
    const store = join(directory, 'store.db');
    const source = form === 'OTLP' ? ['--otlp', spans] : [rows];
    const run = await runTestCli(['replay', '--config', config, '--store', store, ...source], { cwd: directory });
    expect(run.exitCode).toBe(0);
    expectNothingSaid(readStore(store));
  });
});

it('a ZIP of another process amends a row as the policy leaves it', async () => {
  const sink = new CollectingSink();
  const ledger = createSpanledger({
    sink,
    ...NOTHING,
    traceExporters: ['none'],
    configFile: false,
    env: {},
  });
  const provider = new BasicTracerProvider({ spanProcessors: [...ledger.spanProcessors] });
  const attributes = {
    'zip.id': CARD,
    'zip.files_included': 2,
    'spanledger.message_id': `${'1'.repeat(32)}-${'2'.repeat(16)}`,
  };
  provider.getTracer('test').startSpan('zip.create', { attributes }).end();
  await ledger.shutdown();
  const [amendment] = sink.rows('conversation_logs');
  expect(amendment).toMatchObject({ message_type: 'zip_amendment', zip_files_included: 2 });
  expect(JSON.stringify(amendment)).not.toContain(CARD);
});
