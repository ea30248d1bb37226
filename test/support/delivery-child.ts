/**
 * A process that runs delivery sinks as it is told over IPC, so that the oracle of a fault test lives outside of it and a
 * `kill -9` is a real one. Started by `DeliveryProcess`.
 */
import { DatabaseSync, type SQLInputValue, type StatementResultingChanges, StatementSync } from 'node:sqlite';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import { DeliverySink } from '../../src/delivery/delivery-sink.ts';
import { createBigQueryTransport } from '../../src/google/bigquery-transport.ts';
import { createCloudLoggingWriter } from '../../src/google/cloud-logging.ts';
import type { ChildAnswer, ChildRequest, OpenRequest } from './delivery-process.ts';
import { loopbackClientOptions } from './loopback-logging.ts';

const sinks = new Map<number, DeliverySink>();
let wallOffsetMillis = 0;
const clock: Clock = { ...systemClock, now: () => Date.now() + wallOffsetMillis };

process.on('message', (request: ChildRequest) => {
  handle(request).then(
    (value) => send({ id: request.id, value }),
    (error: unknown) => send({ id: request.id, error: String(error) }),
  );
});
process.on('uncaughtException', (error) => send({ violation: `uncaught: ${error.stack}` }));
process.on('unhandledRejection', (error) => send({ violation: `unhandled: ${String(error)}` }));
process.on('disconnect', () => process.exit());

async function handle(request: ChildRequest): Promise<unknown> {
  switch (request.kind) {
    case 'open':
      sinks.set(request.sink, open(request));
      return undefined;
    case 'write':
      return sinks.get(request.sink)?.write(request.entries);
    case 'flush':
      return sinks.get(request.sink)?.flush(request.timeoutMillis);
    case 'shutdown':
      return sinks.get(request.sink)?.shutdown(request.timeoutMillis);
    case 'stats':
      return sinks.get(request.sink)?.stats();
    case 'block': {
      const until = performance.now() + request.millis;
      while (performance.now() < until);
      return undefined;
    }
    case 'shift-clock':
      wallOffsetMillis += request.millis;
      return undefined;
    case 'kill-at':
      killAtSqliteCall(request.call);
      return undefined;
    case 'drain-on-sigterm':
      process.once('SIGTERM', () => void drain(request.timeoutMillis));
      return undefined;
  }
}

function open(request: OpenRequest): DeliverySink {
  return new DeliverySink(request.config, {
    clock,
    diagnostics: createDiagnostics({ write: () => undefined }),
    transport: () => {
      if (request.transportFails) throw new Error('metadata server is down');
      return createBigQueryTransport({ ...request.bigQuery, apiEndpoint: request.bigQueryUrl });
    },
    fallback: () =>
      createCloudLoggingWriter({
        projectId: 'test-project',
        clientOptions: loopbackClientOptions(request.loggingPort),
      }),
    writeLine: (line) => send({ line }),
  });
}

async function drain(timeoutMillis: number): Promise<void> {
  const startedAt = performance.now();
  const results = await Promise.all([...sinks.values()].map((sink) => sink.shutdown(timeoutMillis)));
  process.send?.({ drained: results, millis: performance.now() - startedAt } satisfies ChildAnswer, () =>
    process.exit(),
  );
}

/** Dies at the given call to SQLite from now on: at an even number before it, at an odd one after it. */
function killAtSqliteCall(target: number): void {
  let calls = 0;
  const die = (): void => {
    if (calls++ === target) process.kill(process.pid, 'SIGKILL');
  };
  const exec = DatabaseSync.prototype.exec;
  DatabaseSync.prototype.exec = function (sql): void {
    die();
    exec.call(this, sql);
    die();
  };
  const run: (this: StatementSync, ...parameters: SQLInputValue[]) => StatementResultingChanges =
    StatementSync.prototype.run;
  Object.assign(StatementSync.prototype, {
    run(this: StatementSync, ...parameters: SQLInputValue[]): StatementResultingChanges {
      die();
      const result = run.apply(this, parameters);
      die();
      return result;
    },
  });
}

function send(answer: ChildAnswer): void {
  if (process.connected) process.send?.(answer);
}
