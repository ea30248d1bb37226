import { ExportResultCode } from '@opentelemetry/core';
import type { SpanExporter } from '../base/sdk-types.ts';
import { snapshotSpan } from '../spans/snapshot-span.ts';

/** A busy store is tried again with the next batch rather than waited for: SQLite blocks the event loop. */
const BUSY_TIMEOUT_MILLIS = 200;

/**
 * Spans into the local store's `spans` table, where the report reads them.
 *
 * @param path of the SQLite file; created where it does not exist
 * @throws {StoreError} where it cannot be opened
 */
export async function loadLocalSpansExporter(path: string): Promise<SpanExporter> {
  const { LocalStore } = await import('../store/local-store.ts');
  const store = LocalStore.open(path, { busyTimeoutMillis: BUSY_TIMEOUT_MILLIS });
  return {
    export(spans, callback) {
      store.insertSpans(spans.map((span) => snapshotSpan(span)));
      callback({ code: ExportResultCode.SUCCESS });
    },
    shutdown() {
      store.close();
      return Promise.resolve();
    },
  };
}
