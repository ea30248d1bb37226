import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import { BACKENDS, type Backend } from '../../src/migration/backend.ts';
import { createBackendFlag } from '../../src/migration/backend-flag.ts';
import { createDualExporter, type DualExporterOptions } from '../../src/migration/dual.ts';
import { createBackendFileReader } from '../../src/migration/read-backend-file.ts';
import type { ConversationRecord } from '../../src/record/conversation-columns.ts';
import { CollectingSink } from '../support/collecting-sink.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { mapWithRules } from '../support/map-with-rules.ts';
import { mixedTurns } from '../support/mixed-turns.ts';
import { cases } from '../support/property-seed.ts';

const FAULTY_TRACKER = join(import.meta.dirname, '../support/faulty-tracker.ts');

/** Columns in which the old tracker wrote constants. */
const NOT_COMPARED = ['agent_name', 'api_version', 'bigquery_project_used', 'client_info'];

function options(sink: CollectingSink, more: Partial<DualExporterOptions> = {}): DualExporterOptions {
  return {
    sink,
    map: mapWithRules,
    diagnostics: createDiagnostics({ write: () => {} }),
    readBackend: () => 'dual',
    comparison: { ignore: NOT_COMPARED },
    ...more,
  };
}

describe('thousands of turns in dual mode', () => {
  it('finds every difference with its cause, and no other', async () => {
    const sink = new CollectingSink();
    const exporter = createDualExporter(options(sink, { legacy: { module: FAULTY_TRACKER } }));
    const turns = mixedTurns(cases(5_000), 20_250_605);
    for (const result of await Promise.all(turns.map(({ turn }) => exporter.export(turn)))) {
      expect(result).toEqual({ status: 'exported' });
    }
    const found = new Map<string, Record<string, string>>();
    for (const { message_id: id, field, cause, explained } of sink.rows('token_mismatches')) {
      found.set(id, { ...found.get(id), [field]: `${cause}${explained ? '' : '!'}` });
    }
    for (const { turn, kind, differences } of turns) {
      expect(found.get(messageId(turn)) ?? {}, kind).toEqual(differences);
    }
    expect(exporter.stats()).toEqual({
      compared: turns.length,
      matched: turns.filter(({ differences }) => Object.keys(differences).length === 0).length,
      legacyFailures: 0,
      solidFailures: 0,
    });
    expect(sink.json('conversation_logs')).toEqual(turns.map(({ turn }) => JSON.stringify(mapWithRules(turn))));
  });
});

describe('switching while turns run', () => {
  it('puts each of 5,000 turns into exactly the tables of its mode, through 200 edits of the file', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'switch-'));
    const file = join(directory, 'config.yaml');
    const clock = new ManualClock();
    const diagnostics = createDiagnostics({ write: () => {} });
    const read = createBackendFileReader(file, {});
    const flag = createBackendFlag({ initial: 'solid', read, source: file, clock, diagnostics });
    const sink = new CollectingSink();
    const exporter = createDualExporter(options(sink, { readBackend: () => flag.current() }));
    const turns = mixedTurns(5_000, 7, 5);
    const modes: Backend[] = [];
    const results: Promise<unknown>[] = [];
    const finish = (from: number, to: number): void => {
      for (const { turn } of turns.slice(from, to)) {
        modes.push(flag.current());
        results.push(exporter.export(turn));
      }
    };
    for (let edit = 0; edit < 200; edit += 1) {
      const next = otherThan(flag.current(), ((edit * 7_919) % 31) % 2);
      writeFileSync(file, `analytics:\n  conversation_tracking:\n    backend: ${next}\n`);
      // Some turns finish before the switch is seen, some while it is, some after it.
      finish(edit * 25, edit * 25 + 8);
      await clock.advance(250);
      finish(edit * 25 + 8, edit * 25 + 16);
      await clock.advance(750);
      expect(flag.current()).toBe(next);
      finish(edit * 25 + 16, edit * 25 + 25);
    }
    flag.close();
    rmSync(directory, { recursive: true });
    await Promise.all(results);
    const current = new Map(sink.rows('conversation_logs').map((row) => [row.message_id, row]));
    const beside = new Map(sink.rows('conversation_logs_legacy').map((row) => [row.message_id, row]));
    const compared = new Set(sink.rows('token_mismatches').map((row) => row.message_id));
    for (const [index, { turn, differences }] of turns.entries()) {
      const id = messageId(turn);
      const mode = modes[index];
      expect(current.get(id)?.tracking_backend).toBe(mode === 'legacy' ? 'legacy' : 'solid');
      expect(beside.has(id)).toBe(mode === 'dual');
      expect(compared.has(id)).toBe(mode === 'dual' && Object.keys(differences).length > 0);
    }
    expect(new Set(sink.keys).size).toBe(sink.keys.length);
    expect(current.size).toBe(5_000);
    expect(beside.size).toBe(modes.filter((mode) => mode === 'dual').length);
    expect(exporter.stats()).toMatchObject({ compared: beside.size, legacyFailures: 0, solidFailures: 0 });
  });
});

describe('what the legacy side does to a solid row', () => {
  it('is nothing, whatever it returns or does', async () => {
    const behaviour = fc.oneof(
      fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withObjectString: true }),
      fc.record({ total_token_count: fc.anything(), user_id: fc.anything(), tools_used: fc.anything() }),
      fc.constant(new Promise(() => {})),
      fc.string().map((message) => ({ fail: new Error(message) })),
    );
    const turns = mixedTurns(40, 99).map(({ turn }) => turn);
    await fc.assert(
      fc.asyncProperty(fc.array(behaviour, { minLength: 1, maxLength: 5 }), async (behaviours) => {
        Reflect.set(globalThis, Symbol.for('spanledger.test.behaviours'), behaviours);
        const sink = new CollectingSink();
        const clock = new ManualClock();
        const module = join(import.meta.dirname, '../support/unruly-tracker.ts');
        const exporter = createDualExporter(options(sink, { legacy: { module, timeoutMillis: 5 }, clock }));
        const results = Promise.all(turns.map((turn) => exporter.export(turn)));
        for (let done = false; !done; ) {
          await clock.advance(10);
          done = await Promise.race([
            results.then(() => true),
            new Promise<false>((wait) => setImmediate(wait, false)),
          ]);
        }
        const solid = new Map(sink.rows('conversation_logs').map((row) => [row.message_id, JSON.stringify(row)]));
        for (const turn of turns) expect(solid.get(messageId(turn))).toBe(JSON.stringify(mapWithRules(turn)));
        expect(sink.json('conversation_logs')).toHaveLength(turns.length);
      }),
      { numRuns: cases(60) },
    );
  });
});

function otherThan(backend: Backend, choice: number): Backend {
  return BACKENDS.filter((other) => other !== backend)[choice] ?? backend;
}

function messageId(turn: Parameters<typeof mapWithRules>[0]): ConversationRecord['message_id'] {
  return mapWithRules(turn).message_id;
}
