import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import type { Backend } from '../../src/migration/backend-switch.ts';
import type { MismatchRecord } from '../../src/migration/mismatch-columns.ts';
import { createContentPolicy } from '../../src/privacy/content-policy.ts';
import { buildRecord } from '../../src/record/build-record.ts';
import type { TurnExportResult } from '../../src/spans/turn-exporter.ts';
import { CollectingSink } from '../support/collecting-sink.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { recordOf } from '../support/record-of.ts';
import { type SampleTurnOptions, sampleTurn } from '../support/sample-turn.ts';
import { KEEPING_POLICY, type MigratingPipelineOptions, migratingPipeline, storedJson } from './migrating-pipeline.ts';

const directory = mkdtempSync(join(tmpdir(), 'dual-'));
afterAll(() => rmSync(directory, { recursive: true }));

let lines: string[];
let clock: ManualClock;
let sink: CollectingSink;
let hanging: PromiseWithResolvers<void>;
beforeEach(() => {
  hanging = Promise.withResolvers();
  Reflect.set(globalThis, Symbol.for('spanledger.test.hang'), hang);
  lines = [];
  clock = new ManualClock();
  sink = new CollectingSink();
});

const options = (backend: Backend, more: Partial<MigratingPipelineOptions> = {}): MigratingPipelineOptions => ({
  sink,
  map: (reading) => buildRecord(reading),
  diagnostics: createDiagnostics({ write: (line) => lines.push(line) }),
  clock,
  backend,
  ...more,
});

/** Never settles, and lets the test know that it was called: only then is the clock moved past every time-out. */
function hang(): Promise<never> {
  hanging.resolve();
  return new Promise(() => {});
}
/** The same, in a legacy module. */
const HANG = "globalThis[Symbol.for('spanledger.test.hang')]()";

/** Exports one turn, moving the clock past every time-out where it hangs. */
async function exportTurn(given: MigratingPipelineOptions, turn: SampleTurnOptions = {}): Promise<TurnExportResult> {
  const result = migratingPipeline(given).export(sampleTurn(turn));
  // Imports take real time, which the clock of the test does not know.
  await Promise.race([result, hanging.promise]);
  await clock.advance(60_000);
  return result;
}

let modules = 0;
function legacyModule(source: string): string {
  modules += 1;
  const path = join(directory, `tracker-${modules}.mjs`);
  writeFileSync(path, source);
  return path;
}

const TOOL_LOOP: SampleTurnOptions = {
  calls: [{ usage: { input: 1_000, output: 200 } }, { usage: { input: 1_500, output: 90 }, text: 'Listo' }],
  tools: ['search_invoices'],
};

describe('which table gets which row', () => {
  it('solid: the span mapping, to conversation_logs', async () => {
    expect(await exportTurn(options('solid'))).toEqual({ status: 'exported' });
    expect(sink.keys).toEqual([`conversation_logs ${recordOf(sampleTurn()).message_id}:1`]);
    expect(sink.rows('conversation_logs')[0]?.tracking_backend).toBe('solid');
  });

  it('legacy: the legacy mapping, to conversation_logs, so that dashboards go on', async () => {
    expect(await exportTurn(options('legacy'))).toEqual({ status: 'exported' });
    expect(sink.keys).toEqual([`conversation_logs ${recordOf(sampleTurn()).message_id}:1`]);
    expect(sink.rows('conversation_logs')[0]?.tracking_backend).toBe('legacy');
  });

  it('dual: both, legacy first, and their differences', async () => {
    await exportTurn(options('dual'), TOOL_LOOP);
    const tables = sink.keys.map((key) => key.split(' ')[0]);
    expect(tables.slice(0, 3)).toEqual(['conversation_logs_legacy', 'conversation_logs', 'token_mismatches']);
    expect(sink.rows<MismatchRecord>('token_mismatches').find(({ field }) => field === 'total_token_count')).toEqual({
      message_id: recordOf(sampleTurn()).message_id,
      trace_id: sampleTurn().traceId,
      timestamp: '2025-06-05T12:48:33.123000Z',
      field: 'total_token_count',
      legacy_value: '1590',
      solid_value: '2790',
      diff: 1_200,
      threshold: 100,
      cause: 'last_model_call',
      explained: true,
      content_policy: 'full',
    });
  });

  it('legacy: runs no span mapping and no enricher, whose record nobody wants', async () => {
    let mapped = 0;
    const map: MigratingPipelineOptions['map'] = (reading) => {
      mapped += 1;
      return buildRecord(reading);
    };
    expect(await exportTurn(options('legacy', { map }))).toEqual({ status: 'exported' });
    expect(mapped).toBe(0);
    await exportTurn(options('dual', { map }));
    expect(mapped).toBe(1);
  });

  it.each(['solid', 'legacy', 'dual'] as const)(
    '%s: metrics are told of the one reading of a turn',
    async (backend) => {
      const readings: unknown[] = [];
      await exportTurn(options(backend, { observe: (reading) => readings.push(reading) }));
      expect(readings).toHaveLength(1);
    },
  );

  it('hands the legacy row over before the span mapping starts', async () => {
    const seen: string[] = [];
    const map: MigratingPipelineOptions['map'] = (reading) => {
      seen.push(...sink.keys);
      return buildRecord(reading);
    };
    await exportTurn(options('dual', { map }));
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatch(/^conversation_logs_legacy /);
  });
});

describe('the lines that operators know', () => {
  it('says a match, with the difference within the threshold', async () => {
    const module = legacyModule('export default () => ({ total_token_count: 1497, user_id: "ana" });');
    await exportTurn(options('dual', { settings: { legacyModule: module } }));
    expect(lines).toContain('[ANALYTICS] ✓ Tokens match: 1497 (diff=3)');
  });

  it('says a mismatch', async () => {
    const module = legacyModule('export default () => ({ total_token_count: 1395, user_id: "ana" });');
    await exportTurn(options('dual', { settings: { legacyModule: module } }));
    expect(lines).toContain('[ANALYTICS] ⚠️ TOKEN MISMATCH: Legacy=1395, SOLID=1500, diff=105');
  });

  it('says a missing count, which is a difference', async () => {
    await exportTurn(options('dual'), { calls: [{}, { usage: { input: 900, output: 50 }, text: 'Listo' }] });
    expect(lines).toContain('[ANALYTICS] ⚠️ TOKEN MISMATCH: Legacy=950, SOLID=NULL, diff=NULL');
  });

  it('compares nothing where it is told not to, and writes both rows', async () => {
    await exportTurn(options('dual', { settings: { compareTokens: false } }), TOOL_LOOP);
    expect(lines).toEqual([]);
    expect(sink.keys.map((key) => key.split(' ')[0])).toEqual(['conversation_logs_legacy', 'conversation_logs']);
  });
});

describe('at the exit of the process', () => {
  it.each([
    ['solid', ['conversation_logs']],
    ['legacy', ['conversation_logs']],
    ['dual', ['conversation_logs_legacy', 'conversation_logs', 'token_mismatches']],
  ] as const)('%s: writes the rows of a turn before it returns', async (backend, tables) => {
    const exporter = migratingPipeline(options(backend));
    await exporter.export(sampleTurn({ number: 2, ...TOOL_LOOP }));
    const before = sink.keys.length;
    exporter.exportSync(sampleTurn(TOOL_LOOP));
    const written = sink.keys.slice(before).map((key) => key.split(' ')[0]);
    expect([...new Set(written)]).toEqual(tables);
  });

  it('saves the solid rows of turns whose legacy side hangs', async () => {
    const module = legacyModule(`export default () => ${HANG};`);
    const exporter = migratingPipeline(options('dual', { settings: { legacyModule: module } }));
    const result = exporter.export(sampleTurn());
    exporter.finishSync();
    expect(sink.json('conversation_logs')).toEqual([storedJson(recordOf(sampleTurn()))]);
    await hanging.promise;
    await clock.advance(60_000);
    expect((await result).status).toBe('failed');
    expect(sink.keys).toHaveLength(1);
  });

  it('gives up a legacy row that is still being made, not the other', async () => {
    const module = legacyModule('export default async () => ({ user_id: "ana" });');
    migratingPipeline(options('dual', { settings: { legacyModule: module } })).exportSync(sampleTurn());
    expect(sink.json('conversation_logs')).toEqual([storedJson(recordOf(sampleTurn()))]);
    expect(sink.json('conversation_logs_legacy')).toEqual([]);
  });
});

describe('each side on its own', () => {
  it.each([
    ['throws', 'export default () => { throw new Error("old bug"); };', 'old bug'],
    ['rejects', 'export default () => Promise.reject(new Error("old bug"));', 'old bug'],
    ['rejects with nothing', 'export default () => Promise.reject();', 'undefined'],
    ['never settles', `export default () => ${HANG};`, 'no row within 5000 ms'],
    ['never finishes its import', `await ${HANG}; export default () => ({});`, 'no row within 5000 ms'],
    ['cannot be parsed', 'export default (', 'legacy: '],
    ['throws while it is imported', 'throw new Error("no database"); export default 1;', 'no database'],
    ['has no function', 'export default 42;', 'no function as export "default"'],
    ['returns nothing', 'export default () => undefined;', 'not a row'],
    ['returns text', 'export default () => "row";', 'not a row'],
    ['returns a list', 'export default () => [{ user_id: "ana" }];', 'not a row'],
    ['returns an unknown shape', 'export default () => ({ foo: 1, __proto__: { user_id: "x" } });', 'usable column'],
    ['returns a trap', 'export default () => ({ get user_id() { throw new Error("trap"); } });', 'trap'],
    ['returns a hostile thenable', 'export default () => ({ then() { throw new Error("then"); } });', 'then'],
  ])('a legacy module that %s changes no solid row', async (_name, source, problem) => {
    const result = await exportTurn(options('dual', { settings: { legacyModule: legacyModule(source) } }));
    expect(result.status).toBe('failed');
    expect(result.status === 'failed' && result.reason).toContain(problem);
    expect(sink.json('conversation_logs')).toEqual([storedJson(recordOf(sampleTurn()))]);
    expect(sink.json('conversation_logs_legacy')).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it('a legacy module that is not there changes no solid row', async () => {
    const result = await exportTurn(
      options('dual', { settings: { legacyModule: './nowhere.mjs' }, baseDirectory: directory }),
    );
    expect(result.status === 'failed' && result.reason).toContain('nowhere.mjs');
    expect(sink.json('conversation_logs')).toEqual([storedJson(recordOf(sampleTurn()))]);
  });

  it('a legacy module that changes what it was given changes only its copy', async () => {
    const module = legacyModule(`
      export function track(turn) {
        for (const root of turn.roots) {
          root.span.name = 'stolen';
          root.span.attributes['gen_ai.agent.name'] = 'stolen';
          root.span.resource['service.name'] = 'stolen';
          root.children.length = 0;
        }
        turn.traceId = 'stolen';
        turn.recordVersion = 99;
        turn.ancestors.push(null);
        return { user_id: 'ana', agent_name: turn.roots[0].span.name };
      }
    `);
    await exportTurn(options('dual', { settings: { legacyModule: `${module}#track` } }));
    expect(sink.json('conversation_logs')).toEqual([storedJson(recordOf(sampleTurn()))]);
    const [legacy] = sink.rows('conversation_logs_legacy');
    expect(legacy).toMatchObject({ agent_name: 'stolen', record_version: 1, trace_id: sampleTurn().traceId });
  });

  it('keeps what fits from an odd row, and says once what does not', async () => {
    const module = legacyModule(`
      export default () => ({
        user_id: 7, session_id: 's', total_token_count: '12', prompt_token_count: 3.5, candidates_token_count: 4,
        tools_used: ['a', 1], search_filters: ['rut'], success: 'yes', response_quality_score: NaN,
        client_info: { platform: 'adk', more: 1 }, timestamp: new Date(0), message_id: 'mine', unknown_column: 1,
      });
    `);
    const exporter = migratingPipeline(options('dual', { settings: { legacyModule: module } }));
    await exporter.export(sampleTurn());
    await exporter.export(sampleTurn({ number: 2 }));
    expect(sink.rows('conversation_logs_legacy')[0]).toMatchObject({
      message_id: recordOf(sampleTurn()).message_id,
      user_id: null,
      session_id: 's',
      total_token_count: null,
      prompt_token_count: null,
      candidates_token_count: 4,
      tools_used: [],
      search_filters: ['rut'],
      success: null,
      response_quality_score: null,
      client_info: { user_agent: null, ip_address: null, platform: 'adk' },
      timestamp: '1970-01-01T00:00:00',
    });
    expect(lines.filter((line) => line.includes('legacy-misfit-user_id'))).toHaveLength(1);
  });

  const failing = (): never => {
    throw new Error('new bug');
  };

  it('a span mapping that throws leaves the legacy row', async () => {
    const result = await exportTurn(options('dual', { map: failing }));
    expect(result).toEqual({ status: 'failed', reason: 'solid: new bug' });
    expect(sink.keys).toEqual([`conversation_logs_legacy ${recordOf(sampleTurn()).message_id}:1`]);
  });

  it('in solid mode alone, a failing mapping is a failed export', async () => {
    expect(await exportTurn(options('solid', { map: failing }))).toEqual({ status: 'failed', reason: 'new bug' });
    expect(lines).toHaveLength(1);
  });

  it('a redaction that throws stores nothing and does not quote', async () => {
    const throws = (): never => {
      throw new Error('secret text');
    };
    const policy = { ...KEEPING_POLICY, apply: throws, mask: throws };
    const result = await exportTurn(options('dual', { policy }));
    expect(result.status).toBe('failed');
    expect(sink.keys).toEqual([]);
    expect(`${JSON.stringify(result)}${lines.join()}`).not.toContain('secret text');
  });

  it('shows in the mismatches only what redaction left in the rows', async () => {
    const policy = createContentPolicy({
      default: { kind: 'full' },
      fields: new Map(),
      redaction: { detectors: [], patterns: [{ name: 'word', pattern: /secret/ }], functions: [] },
      hashKey: undefined,
    });
    const turn = sampleTurn({ error: 'deadline exceeded', calls: [{ text: 'secret' }] });
    await migratingPipeline(options('dual', { policy })).export(turn);
    const found = sink.rows<MismatchRecord>('token_mismatches').find(({ field }) => field === 'agent_response');
    expect(found).toMatchObject({ legacy_value: '[REDACTED:word]', solid_value: null, cause: 'text_differs' });
    expect(JSON.stringify(sink.rows<MismatchRecord>('token_mismatches'))).not.toContain('secret');
  });

  it('a sink that breaks its contract is a failed export', async () => {
    const broken = Object.assign(new CollectingSink(), { write: () => Promise.reject(new Error('disk')) });
    const result = await exportTurn(options('dual', { sink: broken }));
    expect(result.status === 'failed' && result.reason).toContain('disk');
  });
});
