import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BigQuerySpanExporter } from '../../exporters/bigquery.ts';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import { createSpanledger } from '../../src/start/spanledger.ts';
import { LocalStore } from '../../src/store/local-store.ts';
import { runTestCli } from '../cli/test-context.ts';
import { CollectingSink } from '../support/collecting-sink.ts';
import {
  API_KEY,
  CARD,
  expectNothingSaid,
  exportTellingTurn,
  messages,
  NOTHING,
  QUESTION,
} from '../support/telling-turn.ts';

// What is said in a turn reaches a sink only as the content policy leaves it, on whatever way it goes.

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'content-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('the plain exporters', () => {
  it('BigQuerySpanExporter keeps nothing under `none`', async () => {
    const sink = new CollectingSink();
    await exportTellingTurn(new BigQuerySpanExporter({ sink, settings: NOTHING, configFile: false, env: {} }));
    expect(sink.json('conversation_logs')).toHaveLength(1);
    expectNothingSaid(sink.json('conversation_logs').join());
  });

  it('BigQuerySpanExporter masks what the detectors find where content is kept', async () => {
    const sink = new CollectingSink();
    const settings = { redact: NOTHING.redact };
    await exportTellingTurn(new BigQuerySpanExporter({ sink, settings, configFile: false, env: {} }));
    const [row] = sink.rows('conversation_logs');
    expect(row?.user_question).toBe(`${QUESTION} [REDACTED:card] [REDACTED:api_key]`);
  });

  it('follows enabled, rules and store, and says what of the environment it ignores', async () => {
    const sink = new CollectingSink();
    await exportTellingTurn(
      new BigQuerySpanExporter({ sink, settings: { enabled: false }, configFile: false, env: {} }),
    );
    expect(sink.keys).toEqual([]);

    await exportTellingTurn(
      new BigQuerySpanExporter({ sink, settings: { rules: 'invoice-agent' }, configFile: false, env: {} }),
    );
    expect(sink.rows('conversation_logs')[0]?.question_complexity).toBe('simple');

    const lines: string[] = [];
    const localPath = join(directory, 'store.db');
    await exportTellingTurn(
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
