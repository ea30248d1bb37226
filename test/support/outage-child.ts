/**
 * A process that lives through an outage in simulated time: it writes rows second by second while nothing takes them, then
 * delivers them in real time. Says over IPC what it promised, and what memory it took.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock, Timer } from '../../src/base/clock.ts';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import { DEFAULT_DELIVERY } from '../../src/delivery/delivery-config.ts';
import { DeliverySink } from '../../src/delivery/delivery-sink.ts';
import type { LedgerEntry } from '../../src/delivery/row-sink.ts';
import { createBigQueryTransport } from '../../src/google/bigquery-transport.ts';
import { createCloudLoggingWriter } from '../../src/google/cloud-logging.ts';
import { CONVERSATION_COLUMNS } from '../../src/record/conversation-columns.ts';
import { DATASET, TABLE } from './delivery-tables.ts';
import { loopbackClientOptions } from './loopback-logging.ts';
import { redacted } from './redacted.ts';

export interface OutageRequest {
  readonly seconds: number;
  readonly turnsPerSecond: number;
  readonly directory: string;
  readonly bigQueryUrl: string;
  readonly loggingPort: number;
}

export type OutageAnswer =
  | { readonly phase: 'outage-over'; readonly promised: number; readonly realSeconds: number; readonly stats: unknown }
  | {
      readonly phase: 'drained';
      readonly realSeconds: number;
      readonly maxRssMib: number;
      readonly stats: unknown;
      readonly flushed: unknown;
    };

/** Time that is moved by hand, and by the real clock once it is let go. */
class SimulatedClock implements Clock {
  #now = Date.now();
  readonly #timers: Map<object, { readonly at: number; readonly callback: () => void }> = new Map();

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  setTimer(callback: () => void, delayMillis: number): Timer {
    const id = {};
    this.#timers.set(id, { at: this.#now + delayMillis, callback });
    return { cancel: () => this.#timers.delete(id) };
  }

  advance(millis: number): void {
    this.#now += millis;
    for (const [id, timer] of [...this.#timers].sort(([, a], [, b]) => a.at - b.at)) {
      if (timer.at > this.#now || !this.#timers.delete(id)) continue;
      timer.callback();
    }
  }

  letGo(): void {
    let last = performance.now();
    setInterval(() => {
      const now = performance.now();
      this.advance(now - last);
      last = now;
    }, 5);
  }
}

/** The simulation's own pace. */
const REAL_MILLIS_PER_SECOND = 1;
const text = 'Encontré 12 facturas del emisor entre abril y diciembre de 2019. '.repeat(10);
let maxRss = 0;
process.on('disconnect', () => process.exit());
process.on('message', (request: OutageRequest | 'restored') => {
  if (request === 'restored') restored();
  else void live(request);
});
let restored: () => void = () => undefined;

async function live(request: OutageRequest): Promise<void> {
  const clock = new SimulatedClock();
  const sink = new DeliverySink(
    {
      ...DEFAULT_DELIVERY,
      outbox: {
        directory: request.directory,
        maxBytes: 16 * 1_073_741_824,
        whenFull: 'oldest-to-fallback',
        durability: 'process',
      },
    },
    {
      clock,
      diagnostics: createDiagnostics({ write: () => undefined }),
      transport: () =>
        createBigQueryTransport({
          projectId: 'test-project',
          datasetId: DATASET,
          table: TABLE,
          apiEndpoint: request.bigQueryUrl,
        }),
      fallback: () =>
        createCloudLoggingWriter({
          projectId: 'test-project',
          clientOptions: loopbackClientOptions(request.loggingPort),
        }),
    },
  );
  let promised = 0;
  const startedAt = performance.now();
  for (let second = 0; second < request.seconds; second++) {
    const entries = Array.from({ length: request.turnsPerSecond }, (_, index) =>
      buildEntry(`${second}-${index}`, clock.now()),
    );
    const results = await sink.write(entries);
    promised += results.filter((result) => result.status === 'pending' && result.durable).length;
    clock.advance(1_000);
    maxRss = Math.max(maxRss, process.memoryUsage.rss());
    // Requests under way are answered in real time.
    await pause(REAL_MILLIS_PER_SECOND);
  }
  const isRestored = new Promise<void>((resolve) => {
    restored = resolve;
  });
  send({ phase: 'outage-over', promised, realSeconds: (performance.now() - startedAt) / 1_000, stats: sink.stats() });
  await isRestored;
  clock.letGo();
  const sampler = setInterval(() => {
    maxRss = Math.max(maxRss, process.memoryUsage.rss());
  }, 20);
  const drainStartedAt = performance.now();
  const flushed = await sink.shutdown(1_800_000);
  const realSeconds = (performance.now() - drainStartedAt) / 1_000;
  clearInterval(sampler);
  send({ phase: 'drained', realSeconds, maxRssMib: maxRss / 1_048_576, stats: sink.stats(), flushed });
}

/** A row with every column, some 3 KB of JSON. */
function buildEntry(id: string, now: number): LedgerEntry {
  const timestamp = new Date(now).toISOString();
  const messageId = `${id.padStart(32, '0')}-${'1'.repeat(16)}`;
  const row: Record<string, unknown> = Object.fromEntries(
    CONVERSATION_COLUMNS.map(({ name, mode, type }) => [
      name,
      mode === 'REPEATED' ? [] : type === 'INTEGER' ? 1_234 : type === 'STRING' ? 'value' : null,
    ]),
  );
  Object.assign(row, {
    message_id: messageId,
    timestamp,
    date_partition: timestamp.slice(0, 10),
    agent_response: text,
  });
  row.start_timestamp = timestamp;
  row.end_timestamp = timestamp;
  return { table: 'conversation_logs', key: `${messageId}:1`, row: redacted(row) };
}

function send(answer: OutageAnswer): void {
  process.send?.(answer);
}
