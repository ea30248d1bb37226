import type { Diagnostics } from '../base/diagnostics.ts';
import { ConfigurationError } from '../base/errors.ts';
import { toJsonText } from '../base/printable.ts';
import type { SettingValues } from '../config/setting-values.ts';
import { usesBigQuery } from '../config/uses-bigquery.ts';
import type { DeliverySink } from '../delivery/delivery-sink.ts';
import { OutboxDirectory } from '../delivery/outbox-directory.ts';
import { createBigQuerySink, outboxConfig } from '../google/bigquery-sink.ts';
import { createCliDiagnostics } from './cli-diagnostics.ts';
import type { CliContext, ExitCode } from './context.ts';

/** One look at the outbox between two lines of progress. */
const ROUND_MILLIS = 5_000;

export interface ReplayOutboxOptions {
  readonly dryRun?: true;
  readonly json?: true;
}

/** Delivers what processes that have ended left in the outbox, refused rows included. Those that live deliver theirs. */
export async function replayOutbox(
  values: SettingValues,
  options: ReplayOutboxOptions,
  context: CliContext,
  interrupt: AbortSignal,
): Promise<ExitCode> {
  if (!usesBigQuery(values))
    throw new ConfigurationError('replay --outbox', 'needs rows that go to BigQuery; set a project');
  const diagnostics = createCliDiagnostics(values, context);
  if (options.dryRun === true) return countOutbox(values, diagnostics, options, context);
  const sink = createBigQuerySink(values, diagnostics, context.clock);
  sink.readmitRefused();
  await deliver(sink, context, interrupt);
  const { adopted, stored, fallback, pending, dropped } = sink.stats();
  await sink.shutdown(0);
  const books = { read: adopted, stored, fallback, pending, dropped };
  await context.stdout.write(
    options.json
      ? toJsonText(books)
      : `in the outbox  ${adopted}\nstored         ${stored}\nfallback       ${fallback}\nstill there    ${pending}\n`,
  );
  return stored === adopted ? 0 : 1;
}

async function countOutbox(
  values: SettingValues,
  diagnostics: Diagnostics,
  options: ReplayOutboxOptions,
  context: CliContext,
): Promise<ExitCode> {
  let wouldStore = 0;
  const directory = new OutboxDirectory({
    config: outboxConfig(values),
    clock: context.clock,
    diagnostics,
    onLoss: () => undefined,
    onAdopt: (rows) => {
      wouldStore += rows;
    },
  });
  if (directory.hasFiles()) {
    directory.adopt();
    directory.close();
  }
  await context.stdout.write(options.json ? toJsonText({ wouldStore }) : `would be delivered  ${wouldStore}\n`);
  return 0;
}

/** Until nothing is left, or a round brings nothing. */
async function deliver(sink: DeliverySink, context: CliContext, interrupt: AbortSignal): Promise<void> {
  let before = Number.POSITIVE_INFINITY;
  for (let { pending } = sink.stats(); pending > 0 && pending < before && !interrupt.aborted; ) {
    before = pending;
    ({ pending } = await sink.flush(ROUND_MILLIS));
    if (context.stderr.isTTY) await context.stderr.write(`\r${pending} rows left`);
  }
}
