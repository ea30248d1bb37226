import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { countLoggedTurns } from '../../src/cli/count-fallback-rows.ts';
import { buildFallbackEntries } from '../../src/delivery/fallback-entry.ts';
import type { LedgerEntry } from '../../src/delivery/row-sink.ts';
import type { PendingRow } from '../../src/delivery/row-store.ts';
import type { Backend } from '../../src/migration/backend-switch.ts';
import type { Turn } from '../../src/spans/turn.ts';
import { LocalStore } from '../../src/store/local-store.ts';
import { type CliRun, runTestCli } from '../cli/test-context.ts';
import { CollectingSink } from '../support/collecting-sink.ts';
import { LoopbackBigQuery } from '../support/loopback-bigquery.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { cases } from '../support/property-seed.ts';
import { sampleTurn } from '../support/sample-turn.ts';
import { mapWithRules } from './map-with-rules.ts';
import { type MigratingPipelineOptions, migratingPipeline } from './migrating-pipeline.ts';
import { mixedTurns } from './mixed-turns.ts';

const FAULTY_TRACKER = join(import.meta.dirname, './faulty-tracker.ts');
/** Columns in which the old tracker wrote constants. */
const IGNORE = ['agent_name', 'api_version', 'bigquery_project_used', 'client_info'];

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'verify-'));
  path = join(directory, 'store.db');
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Writes what the turns leave behind in one mode to the store. */
async function run(
  turns: readonly Turn[],
  backend: Backend,
  more: Partial<MigratingPipelineOptions> = {},
): Promise<void> {
  const store = LocalStore.open(path, { busyTimeoutMillis: 1_000 });
  const entries: LedgerEntry[] = [];
  const sink = Object.assign(new CollectingSink(), {
    write: async (written: readonly LedgerEntry[]) => {
      entries.push(...written);
      return written.map(() => ({ status: 'stored' }) as const);
    },
  });
  const exporter = migratingPipeline({ sink, backend, ...more, settings: { compareIgnore: IGNORE, ...more.settings } });
  await Promise.all(turns.map((turn) => exporter.export(turn)));
  expect(store.insertRows(entries).every(Boolean)).toBe(true);
  store.close();
}

const verify = (...args: string[]): Promise<CliRun> =>
  runTestCli(['verify', '--store', path, '--until', '2025-06-07', ...args], {
    cwd: directory,
    clock: new ManualClock(Date.UTC(2025, 5, 7, 12)),
  });

interface JsonVerdict {
  readonly safe: boolean;
  readonly sentence: string;
  readonly criteria: readonly { readonly name: string; readonly status: string; readonly found: string }[];
  readonly mismatches: readonly { readonly cause: string; readonly explained: boolean }[];
}

async function verdict(...args: string[]): Promise<JsonVerdict & { readonly exitCode: number }> {
  const { stdout, exitCode, stderr } = await verify('--json', ...args);
  expect(stderr).toBe('');
  const parsed: JsonVerdict = JSON.parse(stdout);
  return { ...parsed, exitCode };
}

const failed = ({ criteria }: JsonVerdict): string[] =>
  criteria.filter(({ status }) => status !== 'pass').map(({ name }) => name);

/** The kinds of a healthy migration: what differs is explained. */
const healthy = (count: number): Turn[] => mixedTurns(count, 3, 5).map(({ turn }) => turn);

describe('dual', () => {
  it('is safe where every difference is explained', async () => {
    await run(healthy(1_000), 'dual');
    const result = await verdict('--phase', 'dual');
    expect(failed(result)).toEqual([]);
    expect(result.exitCode).toBe(0);
    expect(result.sentence).toBe(
      'It is safe to switch to solid: all 7 criteria hold for 1000 turns, 2025-06-01 to 2025-06-07.',
    );
    const causes = new Set(result.mismatches.map(({ cause, explained }) => `${cause} ${explained}`));
    expect(causes).toEqual(new Set(['last_model_call true', 'zip_late true']));
  });

  it('is not safe after thousands of turns with a faulty tracker, and says why', async () => {
    const turns = mixedTurns(cases(5_000), 20_250_605);
    await run(
      turns.map(({ turn }) => turn),
      'dual',
      { settings: { legacyModule: FAULTY_TRACKER } },
    );
    const result = await verdict('--phase', 'dual');
    expect(result.exitCode).toBe(1);
    expect(failed(result)).toEqual(['errors', 'token differences', 'unexplained mismatches']);
    const injected = turns
      .flatMap(({ differences }) => Object.values(differences))
      .filter((cause) => cause.endsWith('!'));
    const found = result.criteria.find(({ name }) => name === 'unexplained mismatches')?.found;
    expect(found).toMatch(new RegExp(`^${injected.length}, beside \\d+ explained$`));
    expect(result.sentence).toMatch(/^It is not safe to switch to solid: errors \(.*unexplained mismatches \(/);
    const lenient = ['--max-error-share', '1', '--max-token-differences', '99999', '--max-unexplained', '99999'];
    expect((await verdict('--phase', 'dual', ...lenient)).exitCode).toBe(0);
  });

  it('says that nothing was compared, which is no agreement', async () => {
    await run(healthy(100), 'dual', { settings: { compareTokens: false } });
    const config = join(directory, 'config.yaml');
    writeFileSync(config, 'analytics:\n  conversation_tracking:\n    dual_write:\n      compare_tokens: false\n');
    const result = await verdict('--phase', 'dual', '--config', config);
    expect(result.exitCode).toBe(1);
    expect(failed(result)).toEqual(['token differences', 'unexplained mismatches']);
    expect(result.sentence).toContain('nothing is compared: dual_write.compare_tokens is false');
  });

  it('sees that one side does not persist', async () => {
    const turns = healthy(100);
    await run(turns.slice(0, 98), 'dual');
    const fails = (): never => {
      throw new Error('new bug');
    };
    await run(turns.slice(98), 'dual', { map: fails });
    const result = await verdict('--phase', 'dual');
    expect(failed(result)).toEqual(['both sides persist']);
    expect(result.sentence).toContain('98 of 100, 98 %; only legacy 2, only solid 0');
  });

  it('does not count turns of the time before dual mode', async () => {
    const early = sampleTurn({ number: 9_000, startMillis: Date.UTC(2025, 5, 1, 0, 0, 1) });
    await run([early], 'solid');
    await run([sampleTurn({ number: 9_001, startMillis: Date.UTC(2025, 5, 1, 9) })], 'dual');
    expect(failed(await verdict('--phase', 'dual'))).toEqual([]);
  });

  it('takes token differences below 5 % or below 100 for none', async () => {
    const tracker = join(import.meta.dirname, './faulty-tracker.ts');
    const usage = { input: 91_000, output: 5_000, thoughts: 223 };
    const turn = sampleTurn({
      question: 'keepsEarlierUsage',
      calls: [{ usage, text: 'Listo' }],
      startMillis: Date.UTC(2025, 5, 2),
    });
    await run([turn], 'dual', { settings: { legacyModule: tracker } });
    const result = await verdict('--phase', 'dual');
    expect(failed(result)).toEqual(['unexplained mismatches']);
    const strict = await verdict('--phase', 'dual', '--token-diff-ratio', '0.0001');
    expect(failed(strict)).toEqual(['token differences', 'unexplained mismatches']);
  });

  it('is not safe on an empty store', async () => {
    await run([], 'dual');
    expect(failed(await verdict('--phase', 'dual'))).toEqual(['turns', 'both sides persist']);
  });
});

describe('solid', () => {
  it('is safe where rows arrive, and tells when the fallback is not below 0.1 %', async () => {
    await run(healthy(1_000), 'solid');
    expect((await verdict('--phase', 'solid')).exitCode).toBe(0);
    const result = await verdict('--phase', 'solid', '--fallback-rows', '1');
    expect(failed(result)).toEqual([]);
    const worse = await verdict('--phase', 'solid', '--fallback-rows', '2');
    expect(failed(worse)).toEqual(['insert success', 'fallback share']);
  });

  it('sees rows of the legacy mapping', async () => {
    const turns = healthy(50);
    await run(turns.slice(0, 40), 'solid');
    await run(turns.slice(40), 'legacy');
    expect(failed(await verdict('--phase', 'solid'))).toEqual(['only solid rows']);
  });

  it('sees more NULL tokens than in the period before', async () => {
    const silent = (number: number, day: number): Turn =>
      sampleTurn({ number, calls: [{ text: 'Listo' }], startMillis: Date.UTC(2025, 4, day) });
    await run(healthy(98), 'solid');
    await run([silent(5_001, 33), silent(5_002, 34)], 'solid');
    expect(failed(await verdict('--phase', 'solid'))).toEqual(['NULL tokens']);
    // As many as before is no spike.
    await run([silent(5_003, 27), sampleTurn({ number: 5_004, startMillis: Date.UTC(2025, 4, 28) })], 'solid');
    expect(failed(await verdict('--phase', 'solid'))).toEqual([]);
  });

  it('does not take a failed turn, which has no usage, for one that lacks tokens', async () => {
    await run(healthy(98), 'solid');
    const overloaded = (number: number, day: number): Turn =>
      sampleTurn({
        number,
        calls: [{ error: 'overloaded' }],
        error: 'overloaded',
        startMillis: Date.UTC(2025, 5, day),
      });
    await run([overloaded(5_001, 2), overloaded(5_002, 3)], 'solid');
    const { criteria } = await verdict('--phase', 'solid');
    expect(criteria.find(({ name }) => name === 'NULL tokens')).toMatchObject({
      status: 'pass',
      found: '0 %, no turns before',
    });
  });

  it('does not know whether NULL tokens rose where no turn was before', async () => {
    const silent = sampleTurn({ number: 5_001, calls: [{ text: 'Listo' }], startMillis: Date.UTC(2025, 5, 2) });
    await run([...healthy(4), silent], 'solid');
    const { criteria, exitCode } = await verdict('--phase', 'solid');
    expect(criteria.find(({ name }) => name === 'NULL tokens')).toMatchObject({
      status: 'unknown',
      found: '20 %, no turns before',
    });
    expect(exitCode).toBe(1);
    expect((await verdict('--phase', 'solid', '--max-null-token-rise', '0.2')).exitCode).toBe(0);
  });

  it('sees a ZIP without metrics', async () => {
    const withoutMetrics: MigratingPipelineOptions['map'] = ({ turn }) => ({
      ...mapWithRules(turn),
      zip_generated: true,
      zip_generation_time_ms: null,
    });
    await run(healthy(10), 'solid');
    await run([sampleTurn({ number: 6_000, startMillis: Date.UTC(2025, 5, 3) })], 'solid', { map: withoutMetrics });
    expect(failed(await verdict('--phase', 'solid'))).toEqual(['ZIP metrics present']);
  });
});

describe('deprecate', () => {
  const month = Array.from({ length: 30 }, (_, day) =>
    sampleTurn({ number: day, startMillis: Date.UTC(2025, 4, 9 + day, 10) }),
  );

  it('is safe after a month of solid without fallback', async () => {
    await run(month, 'solid');
    const result = await verdict('--phase', 'deprecate');
    expect(failed(result)).toEqual([]);
    expect(result.sentence).toContain('It is safe to delete the legacy code');
    expect(failed(await verdict('--phase', 'deprecate', '--fallback-rows', '1'))).toContain('fallback');
  });

  it('is not safe after three weeks, or with a day of dual', async () => {
    await run(month.slice(9), 'solid');
    expect(failed(await verdict('--phase', 'deprecate'))).toEqual(['whole period in solid']);
    await run(month.slice(0, 9), 'dual');
    expect(failed(await verdict('--phase', 'deprecate'))).toEqual(['no legacy rows']);
  });
});

describe('BigQuery', () => {
  /** Answers with what SQLite finds in the same rows: the queries are one text for both. */
  async function startBigQuery(): Promise<void> {
    const store = LocalStore.openReadOnly(path);
    const loopback = await LoopbackBigQuery.start({
      onQuery: ({ query }) => {
        const names = query.replace(/`test-project\.chats\.([a-z_]+)`/g, (_, name: string) =>
          name.replace(/^turns/, 'conversation_logs'),
        );
        const rows = store.query(names);
        const fields = Object.keys(rows[0] ?? {}).map((name) => ({
          name,
          type: rows.some((row) => typeof row[name] === 'string') ? 'STRING' : 'INTEGER',
          mode: 'NULLABLE' as const,
        }));
        return { fields, rows };
      },
    });
    vi.stubEnv('BIGQUERY_EMULATOR_HOST', loopback.url);
    onTestFinished(async () => {
      vi.unstubAllEnvs();
      store.close();
      await loopback.close();
    });
  }

  const verifyBigQuery = (...args: string[]): Promise<CliRun> => {
    const target = ['--project', 'test-project', '--dataset', 'chats', '--table', 'turns'];
    return runTestCli(['verify', ...target, '--until', '2025-06-07', ...args], { cwd: directory });
  };

  it('is judged as the local store is', async () => {
    await run(
      mixedTurns(300, 5).map(({ turn }) => turn),
      'dual',
    );
    await startBigQuery();
    const local = await verify('--phase', 'dual');
    expect(await verifyBigQuery('--phase', 'dual')).toEqual(local);
  });

  it('does not call it safe where the fallback is not known', async () => {
    await run(healthy(100), 'solid');
    await startBigQuery();
    // No credentials, so that nothing is asked beyond this machine.
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', join(directory, 'none.json'));
    const { exitCode, stdout, stderr } = await verifyBigQuery('--phase', 'solid');
    expect(stderr).toContain('the fallback log cannot be read');
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      'It is not safe to begin the month of solid without fallback: insert success (the fallback',
    );
    expect((await verifyBigQuery('--phase', 'solid', '--fallback-rows', '0')).exitCode).toBe(0);
  });
});

describe('the fallback log', () => {
  it('is counted by rows of turns, in parts or twice', async () => {
    const row = (table: PendingRow['table'], key: string, text: string): PendingRow => {
      const payload = JSON.stringify({ message_id: key, user_question: text });
      return { table, key, payload, sizeBytes: Buffer.byteLength(payload), receivedAtMillis: 0 };
    };
    const rows = [
      row('conversation_logs', 'a:1', 'short'),
      row('conversation_logs', 'b:1', 'x'.repeat(500_000)),
      row('conversation_logs', 'a:1', 'short'),
      row('conversation_logs_legacy', 'c:1', 'short'),
    ];
    const entries = rows.flatMap((each) => buildFallbackEntries(each, 'no answer', false));
    expect(entries.length).toBeGreaterThan(rows.length);
    async function* log(): AsyncGenerator<{ readonly jsonPayload: unknown }> {
      yield { jsonPayload: { message: 'of somebody else' } };
      for (const { payload } of entries) yield { jsonPayload: payload };
    }
    expect(await countLoggedTurns(log())).toBe(2);
  });
});

describe('the command', () => {
  it('shows people a table and a sentence', async () => {
    await run(healthy(50), 'dual');
    const { stdout, exitCode } = await verify('--phase', 'dual');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('both sides persist');
    expect(stdout).toMatch(/total_token_count .*last_model_call .*yes/);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^It is safe to switch to solid/);
  });

  it.each([
    [[], "required option '--phase <name>' not specified"],
    [['--phase', 'both'], 'Allowed choices are dual, solid, deprecate'],
    [['--phase', 'dual', '--until', '2025-02-30'], 'It must be a day'],
    [['--phase', 'dual', '--max-error-share', '5'], 'It must be from 0 to 1'],
    [['--phase', 'dual', '--days', '-1'], 'It must be a whole number'],
  ])('refuses %j', async (args, problem) => {
    const { exitCode, stderr } = await verify(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(problem);
  });

  it('fails where there is no store', async () => {
    const { exitCode, stderr } = await verify('--phase', 'dual');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('no store at');
  });
});
