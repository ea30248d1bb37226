/**
 * What a finished turn costs in each mode, without its sink: solid, legacy, dual, and dual with a tracker of one's own.
 * Modes take turns within each round, so that the machine's moods fall on all of them; the medians are compared.
 *
 *     node bench/side-by-side.ts
 */
import { join } from 'node:path';
import type { RowSink } from '../src/delivery/row-sink.ts';
import type { Backend } from '../src/migration/backend-switch.ts';
import { migratingPipeline } from '../test/migration/migrating-pipeline.ts';
import { mixedTurns } from '../test/migration/mixed-turns.ts';

const TURNS = 1_000;
const ROUNDS = 15;

const settled = Promise.resolve({ settled: true, pending: 0, detail: '' });
const sink: RowSink = {
  name: 'nowhere',
  write: async (entries) => entries.map(() => ({ status: 'stored' })),
  flush: () => settled,
  shutdown: () => settled,
  stats: () => ({ received: 0, stored: 0, fallback: 0, pending: 0, dropped: {} }),
};
const exporterFor = (backend: Backend, module?: string) =>
  migratingPipeline({ sink, backend, settings: module === undefined ? {} : { legacyModule: module } });

const exporters = {
  solid: exporterFor('solid'),
  legacy: exporterFor('legacy'),
  dual: exporterFor('dual'),
  'dual, own tracker': exporterFor('dual', join(import.meta.dirname, '../test/migration/faulty-tracker.ts')),
};
const turns = mixedTurns(TURNS, 1, 5).map(({ turn }) => turn);
const microseconds = new Map<string, number[]>(Object.keys(exporters).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, exporter] of Object.entries(exporters)) {
    const start = performance.now();
    for (const turn of turns) await exporter.export(turn);
    // The first rounds warm up.
    if (round >= 3) microseconds.get(name)?.push(((performance.now() - start) * 1_000) / TURNS);
  }
}
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const solid = median(microseconds.get('solid') ?? []);
for (const [name, values] of microseconds) {
  const cost = median(values);
  process.stdout.write(`${name}: ${cost.toFixed(0)} µs a turn, ${(cost / solid).toFixed(2)} × solid\n`);
}
