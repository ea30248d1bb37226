import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { classifySpan } from '../../src/record/dialects/classify-span.ts';
import { buildTurns } from '../../src/spans/build-turns.ts';
import type { SpanSnapshot } from '../../src/spans/span-snapshot.ts';
import type { SpanNode } from '../../src/spans/turn.ts';
import { LocalStore } from '../../src/store/local-store.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { recordOf } from '../support/record-of.ts';
import { redacted } from '../support/redacted.ts';
import { type SampleTurnOptions, sampleTurn } from '../support/sample-turn.ts';
import { runTestCli } from './test-context.ts';

// What the README says of `turns` and `show` is what they print of these turns. Where it is not, take it from the message.

const README = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8');
const NOW = Date.parse('2026-03-02T12:00:00Z');

const TURNS: readonly SampleTurnOptions[] = [
  { question: '¿Puedes mostrar la factura 100042?', startMillis: NOW - 5_400_000 },
  {
    question: 'Busca las facturas de los RUT 76100000-4 y 76113577-5 y haz un resumen.',
    calls: [
      { usage: { input: 1_205, output: 105, thoughts: 60 } },
      {
        usage: { input: 1_380, output: 190, thoughts: 80, cached: 768 },
        text: 'Se encontraron 60 facturas:\n30 por cada RUT.',
      },
    ],
    tools: ['search_invoices_by_rut'],
    startMillis: NOW - 120_000,
  },
  {
    question: '¿Cuántas facturas hay en total?',
    calls: [{ usage: { input: 780, output: 12 } }, { error: '429 RESOURCE_EXHAUSTED: quota exceeded' }],
    tools: ['count_invoices'],
    error: '429 RESOURCE_EXHAUSTED: quota exceeded',
    startMillis: NOW - 60_000,
  },
];

function writeStore(cwd: string): void {
  const store = LocalStore.open(join(cwd, '.spanledger/spanledger.db'), { busyTimeoutMillis: 50 });
  for (const [number, options] of TURNS.entries()) {
    const traceId = createHash('md5').update(String(number)).digest('hex');
    const spans = sampleTurn({ agent: 'invoice_agent', ...options, number }).roots.flatMap(flatten);
    const ofTrace = spans.map((span) => ({ ...span, traceId }));
    store.insertSpans(ofTrace);
    const rows = buildTurns(ofTrace, classifySpan).map((turn) => redacted(recordOf(turn)));
    store.insertRows(rows.map((row) => ({ table: 'conversation_logs', key: `${row.message_id}:1`, row })));
  }
  store.close();
}

function flatten({ span, children }: SpanNode): SpanSnapshot[] {
  return [span, ...children.flatMap(flatten)];
}

test('the README shows what the commands print', async () => {
  const cwd = temporaryDirectory();
  writeStore(cwd);
  const block = [...README.matchAll(/^```text\n(\$ npx spanledger .*?)^```/gms)].map(([, text]) => text).join('\n');
  const commands = [...block.matchAll(/^\$ npx spanledger (.*)$/gm)].map(([, argv = '']) => argv);
  expect(commands.map((argv) => argv.split(' ')[0])).toEqual(['turns', 'show']);
  const printed = [];
  for (const argv of commands) {
    const { stdout, stderr } = await runTestCli(argv.split(' '), { cwd, clock: new ManualClock(NOW), columns: 100 });
    printed.push(`$ npx spanledger ${argv}\n${stdout}${stderr}`);
  }
  expect(block).toBe(printed.join('\n'));
});
