import type { Diagnostics } from '../base/diagnostics.ts';
import type { RowSink } from '../delivery/row-sink.ts';
import type { CliContext } from './context.ts';
import type { Target } from './target.ts';

/** How long a batch waits for BigQuery before the replay gives up; the next one goes on from there. */
const DELIVERY_MILLIS = 300_000;

/** A sink whose writes resolve with what became of each row; it holds nothing that the source does not hold. */
export async function openReplaySink(target: Target, diagnostics: Diagnostics, context: CliContext): Promise<RowSink> {
  if (target.kind === 'sqlite') {
    const { LocalSink } = await import('../store/local-sink.ts');
    return new LocalSink({ path: target.path, diagnostics, clock: context.clock });
  }
  const [{ DeliverySink }, { DEFAULT_DELIVERY }, { createBigQueryTransport }] = await Promise.all([
    import('../delivery/delivery-sink.ts'),
    import('../delivery/delivery-config.ts'),
    import('../google/bigquery-transport.ts'),
  ]);
  const { projectId, dataset: datasetId, table } = target;
  return new DeliverySink(
    {
      ...DEFAULT_DELIVERY,
      serverless: true,
      serverlessTimeoutMillis: DELIVERY_MILLIS,
      retry: { ...DEFAULT_DELIVERY.retry, totalMillis: Number.MAX_SAFE_INTEGER },
    },
    {
      diagnostics,
      clock: context.clock,
      transport: () => createBigQueryTransport({ projectId, datasetId, table, apiEndpoint: target.endpoint }),
      // The source keeps what is not stored.
      writeLine: () => undefined,
    },
  );
}
