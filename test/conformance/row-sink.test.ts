import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import { LocalSink } from '../../src/store/local-sink.ts';
import { LocalStore } from '../../src/store/local-store.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { DeliveryBench, outboxIn } from '../support/delivery-bench.ts';
import { describeRowSink } from './row-sink-suite.ts';

describeRowSink('delivery sink with an outbox', async () => {
  const bench = await DeliveryBench.start();
  const sink = bench.sink({ outbox: outboxIn(temporaryDirectory()) });
  return { sink, messageIds: () => bench.bigQuery.rows('conversation_logs').map((row) => row.message_id) };
});

describeRowSink('delivery sink in memory', async () => {
  const bench = await DeliveryBench.start();
  const sink = bench.sink();
  return { sink, messageIds: () => bench.bigQuery.rows('conversation_logs').map((row) => row.message_id) };
});

describeRowSink('local sink', async () => {
  const path = join(temporaryDirectory(), 'store.db');
  const diagnostics = createDiagnostics({ write: () => undefined });
  return {
    sink: new LocalSink({ path, clock: systemClock, diagnostics }),
    messageIds: () => {
      if (!existsSync(path)) return [];
      const store = LocalStore.openReadOnly(path);
      const rows = store.query('SELECT message_id FROM conversation_logs_latest');
      store.close();
      return rows.map((row) => row.message_id);
    },
  };
});
