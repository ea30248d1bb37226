/**
 * One kill: a process writes rows through its outbox to BigQuery and dies by `kill -9`, at a call to SQLite or at a moment;
 * the next start delivers what it left, and the oracle compares.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import { DeliverySink } from '../../src/delivery/delivery-sink.ts';
import { createBigQueryTransport } from '../../src/google/bigquery-transport.ts';
import { CONVERSATION_LOGS } from '../../src/record/conversation-columns.ts';
import { imbalance } from '../conformance/row-sink-suite.ts';
import { DeliveryOracle } from '../faults/delivery-oracle.ts';
import { Random } from '../faults/random.ts';
import { outboxIn, QUICK } from '../support/delivery-bench.ts';
import { DeliveryProcess } from '../support/delivery-process.ts';
import { DATASET, TABLE } from '../support/delivery-tables.ts';
import { LoopbackBigQuery } from '../support/loopback-bigquery.ts';
import { sampleRows } from '../support/sample-rows.ts';

export interface KillResult {
  readonly violations: readonly string[];
  readonly promised: number;
  /** Rows that the next start found. */
  readonly adopted: number;
}

const WRITES = 12;
const ROWS = 4;

/** @param call the call to SQLite, before (even) or after (odd) which the process dies; undefined dies at a random moment */
export async function runKill(seed: number, call: number | undefined): Promise<KillResult> {
  const random = new Random(seed);
  const bigQuery = await LoopbackBigQuery.start();
  bigQuery.addTable(DATASET, 'conversation_logs', CONVERSATION_LOGS.columns);
  const directory = mkdtempSync(join(tmpdir(), 'spanledger-kill-'));
  const config = { ...QUICK, outbox: outboxIn(directory), maxBatchRows: 3, lingerMillis: 0 };
  const target = { projectId: 'test-project', datasetId: DATASET, table: TABLE };
  const oracle = new DeliveryOracle();
  const child = new DeliveryProcess();
  try {
    await child.open({
      sink: 1,
      config,
      bigQuery: target,
      bigQueryUrl: bigQuery.url,
      loggingPort: 1,
      transportFails: false,
    });
    const write = async (index: number): Promise<void> => {
      const entries = sampleRows(ROWS, `s${seed}-${index}`);
      oracle.offer(entries);
      oracle.promise(entries, await child.write(1, entries));
    };
    // Some die while the outbox is opened, the others at work.
    if (call === undefined || random.chance(0.8)) {
      await write(0);
      await child.flush(1, 60_000);
    }
    if (call !== undefined) await child.killAt(call);
    const writes: Promise<void>[] = [];
    const killAfter = call === undefined ? random.below(WRITES) : WRITES;
    for (let index = 1; index <= killAfter && child.isAlive; index++) {
      writes.push(write(index));
      await pause(random.below(8));
    }
    if (call !== undefined)
      await Promise.race([Promise.all(writes).then(() => child.shutdown(1, 60_000)), child.exited]);
    await child.kill();
    await Promise.all(writes);

    const next = new DeliverySink(config, {
      diagnostics: createDiagnostics({ write: () => undefined }),
      transport: () => createBigQueryTransport({ ...target, apiEndpoint: bigQuery.url }),
    });
    const flushed = await next.shutdown(60_000);
    if (flushed.pending > 0) oracle.report(`the next start left rows: ${flushed.detail}`);
    if (imbalance(next.stats()) !== 0) oracle.report(`books: ${JSON.stringify(next.stats())}`);
    for (const violation of child.violations) oracle.report(violation);
    const verdict = oracle.judge(bigQuery, ['conversation_logs'], []);
    return { violations: verdict.violations, promised: verdict.promised, adopted: next.stats().adopted };
  } finally {
    await child.kill();
    await bigQuery.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
