/** An outage of BigQuery and Cloud Logging together, lived through by a process of its own in simulated time. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { build } from 'esbuild';
import { CONVERSATION_LOGS } from '../../src/record/conversation-columns.ts';
import { DATASET } from '../support/delivery-tables.ts';
import { LoopbackBigQuery } from '../support/loopback-bigquery.ts';
import { LoopbackLogging } from '../support/loopback-logging.ts';
import type { OutageAnswer, OutageRequest } from '../support/outage-child.ts';

export interface OutageResult {
  readonly promised: number;
  /** Rows in BigQuery by key, and rows that are there twice. */
  readonly stored: number;
  readonly twice: number;
  readonly outboxMib: number;
  readonly outageRealSeconds: number;
  readonly drainRealSeconds: number;
  /** Rows a second, as a multiple of the rate at which they were made. */
  readonly drainSpeed: number;
  readonly maxRssMib: number;
  readonly stats: unknown;
}

/**
 * On a large machine V8 lets garbage lie until hundreds of megabytes of it are there. With this bound a process that held the rows
 * would die.
 */
const HEAP_OF_A_SMALL_CONTAINER = ['--max-old-space-size=96', '--max-semi-space-size=4'] as const;
const ROOT = join(import.meta.dirname, '../..');

/** Compiled, because stripping types at run time takes 30 MB of the memory that is measured. */
async function compileChild(): Promise<string> {
  const outfile = join(ROOT, 'node_modules/.cache/spanledger/outage-child.mjs');
  await build({
    entryPoints: [join(ROOT, 'test/support/outage-child.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  return outfile;
}

export async function runOutage(seconds: number, turnsPerSecond: number): Promise<OutageResult> {
  const bigQuery = await LoopbackBigQuery.start();
  const logging = await LoopbackLogging.start();
  const table = bigQuery.addTable(DATASET, 'conversation_logs', CONVERSATION_LOGS.columns);
  const keys = new Set<string>();
  let twice = 0;
  // The rows themselves would fill this process; what counts is their keys.
  bigQuery.tables.onKeep = ({ insertId = '' }) => {
    if (keys.has(insertId)) twice += 1;
    keys.add(insertId);
    return false;
  };
  bigQuery.faults = ({ operation }) =>
    operation === 'insertAll' ? { kind: 'error', status: 503, reason: 'backendError' } : undefined;
  logging.faults = () => ({ kind: 'error', code: status.UNAVAILABLE });
  const directory = mkdtempSync(join(tmpdir(), 'spanledger-outage-'));
  const child = fork(await compileChild(), {
    execArgv: [...HEAP_OF_A_SMALL_CONTAINER],
    env: { ...process.env, METADATA_SERVER_DETECTION: 'none' },
  });
  try {
    const next = async <P extends OutageAnswer['phase']>(phase: P): Promise<Extract<OutageAnswer, { phase: P }>> => {
      const [answer] = (await once(child, 'message')) as [OutageAnswer];
      if (answer.phase !== phase) throw new Error(`${answer.phase} instead of ${phase}`);
      return answer as Extract<OutageAnswer, { phase: P }>;
    };
    child.send({
      seconds,
      turnsPerSecond,
      directory,
      bigQueryUrl: bigQuery.url,
      loggingPort: logging.port,
    } satisfies OutageRequest);
    const outage = await next('outage-over');
    const outboxMib = statSync(join(directory, 'outbox-0.db')).size / 1_048_576;
    bigQuery.faults = () => undefined;
    logging.faults = () => undefined;
    child.send('restored');
    const drained = await next('drained');
    const fromLogging = logging.entries().length;
    return {
      promised: outage.promised,
      stored: keys.size + fromLogging,
      twice: twice + table.rows.length,
      outboxMib: Math.round(outboxMib),
      outageRealSeconds: Math.round(outage.realSeconds),
      drainRealSeconds: Math.round(drained.realSeconds),
      drainSpeed: (keys.size + fromLogging) / drained.realSeconds / turnsPerSecond,
      maxRssMib: Math.round(drained.maxRssMib),
      stats: drained.stats,
    };
  } finally {
    child.kill('SIGKILL');
    logging.close();
    await bigQuery.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
