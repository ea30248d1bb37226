import { expect, test } from 'vitest';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import { type Statistics, startStatistics } from '../../src/delivery/statistics.ts';
import { CollectingSink } from '../support/collecting-sink.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { sampleRows } from '../support/sample-rows.ts';

const HOUR = 3_600_000;

interface Started {
  readonly sink: CollectingSink;
  readonly statistics: Statistics;
  readonly clock: ManualClock;
  readonly said: string[];
}

function start(timeZone: string, at: string): Started {
  const said: string[] = [];
  const clock = new ManualClock(Date.parse(at));
  const diagnostics = createDiagnostics({ write: (line) => said.push(line) });
  const sink = new CollectingSink();
  const statistics = startStatistics({ stats: () => sink.stats(), timeZone, clock, diagnostics });
  return { sink, statistics, clock, said };
}

test('a line at the midnight of the time zone, of that day only, and one of all at the end', async () => {
  const { sink, statistics, clock, said } = start('America/Santiago', '2026-01-10T12:00:00-03:00');
  await sink.write(sampleRows(3));
  await clock.advance(11.9 * HOUR);
  expect(said).toEqual([]);
  await clock.advance(0.1 * HOUR);
  await sink.write(sampleRows(2, 'next'));
  await clock.advance(24 * HOUR);
  statistics.finish();
  statistics.finish();
  expect(clock.timers).toBe(0);
  expect(said).toEqual([
    '[ANALYTICS] Statistics 2026-01-10: received=3 stored=3 fallback=0 pending=0 dropped=0 success=100.00% fallback_rate=0.00%',
    '[ANALYTICS] Statistics 2026-01-11: received=2 stored=2 fallback=0 pending=0 dropped=0 success=100.00% fallback_rate=0.00%',
    '[ANALYTICS] Statistics shutdown: received=5 stored=5 fallback=0 pending=0 dropped=0 success=100.00% fallback_rate=0.00%',
  ]);
});

test('days of 23 and 25 hours, and an offset of 45 minutes, have one line each', async () => {
  const summer = start('America/New_York', '2026-03-07T12:00:00-05:00');
  await summer.clock.advance(36 * HOUR);
  expect(summer.said.map((line) => line.slice(23, 33))).toEqual(['2026-03-07', '2026-03-08']);
  const nepal = start('Asia/Kathmandu', '2026-03-07T23:30:00+05:45');
  await nepal.clock.advance(0.5 * HOUR);
  expect(nepal.said).toHaveLength(1);
});

test('a time zone that does not exist is said, and the days are those of UTC', async () => {
  const { clock, said } = start('Mars/Olympus', '2026-03-07T23:30:00Z');
  await clock.advance(HOUR);
  expect(said[0]).toContain('Mars/Olympus');
  expect(said[1]).toContain('Statistics 2026-03-07');
});

test('at the end nothing is said where no row came', async () => {
  const { statistics, clock, said } = start('UTC', '2026-03-07T12:00:00Z');
  await clock.advance(HOUR);
  statistics.finish();
  expect(said).toEqual([]);
});
