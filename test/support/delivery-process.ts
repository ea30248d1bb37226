import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { DeliveryConfig } from '../../src/delivery/delivery-config.ts';
import type { DeliveryStats } from '../../src/delivery/delivery-contract.ts';
import type { FlushResult, LedgerEntry, WriteResult } from '../../src/delivery/row-sink.ts';
import type { BigQueryTransportOptions } from '../../src/google/bigquery-transport.ts';

export interface OpenRequest {
  readonly kind: 'open';
  readonly sink: number;
  readonly config: DeliveryConfig;
  readonly bigQuery: BigQueryTransportOptions;
  readonly bigQueryUrl: string;
  readonly loggingPort: number;
  /** The client cannot be made, as without credentials. */
  readonly transportFails: boolean;
}

type ChildCommand =
  | OpenRequest
  | { readonly kind: 'write'; readonly sink: number; readonly entries: readonly LedgerEntry[] }
  | { readonly kind: 'flush' | 'shutdown'; readonly sink: number; readonly timeoutMillis: number }
  | { readonly kind: 'stats'; readonly sink: number }
  | { readonly kind: 'block' | 'shift-clock'; readonly millis: number }
  | { readonly kind: 'kill-at'; readonly call: number }
  | { readonly kind: 'drain-on-sigterm'; readonly timeoutMillis: number };

export type ChildRequest = ChildCommand & { readonly id: number };

export type ChildAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly line: string }
  | { readonly violation: string }
  | { readonly drained: readonly FlushResult[]; readonly millis: number };

/** A process that runs delivery sinks. A call whose process died before it answered gives undefined. */
export class DeliveryProcess {
  /** Lines that went to standard error as the last resort. */
  readonly lines: string[] = [];
  /** What must never happen: rejected calls, uncaught errors. */
  readonly violations: string[] = [];
  drained: { readonly results: readonly FlushResult[]; readonly millis: number } | undefined;
  readonly exited: Promise<void>;
  isAlive = true;
  readonly #child: ChildProcess;
  readonly #waiting: Map<number, (value: unknown) => void> = new Map();
  #nextId = 1;

  constructor() {
    this.#child = fork(join(import.meta.dirname, 'delivery-child.ts'), {
      env: { ...process.env, METADATA_SERVER_DETECTION: 'none' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    this.#child.on('message', (answer: ChildAnswer) => this.#receive(answer));
    this.#child.on('error', () => undefined);
    this.exited = new Promise((resolve) => {
      this.#child.once('exit', () => {
        this.isAlive = false;
        for (const settle of this.#waiting.values()) settle(undefined);
        this.#waiting.clear();
        resolve();
      });
    });
  }

  open(request: Omit<OpenRequest, 'kind'>): Promise<void> {
    return this.#call({ kind: 'open', ...request }) as Promise<void>;
  }

  write(sink: number, entries: readonly LedgerEntry[]): Promise<readonly WriteResult[] | undefined> {
    return this.#call({ kind: 'write', sink, entries }) as Promise<readonly WriteResult[] | undefined>;
  }

  flush(sink: number, timeoutMillis: number): Promise<FlushResult | undefined> {
    return this.#call({ kind: 'flush', sink, timeoutMillis }) as Promise<FlushResult | undefined>;
  }

  shutdown(sink: number, timeoutMillis: number): Promise<FlushResult | undefined> {
    return this.#call({ kind: 'shutdown', sink, timeoutMillis }) as Promise<FlushResult | undefined>;
  }

  stats(sink: number): Promise<DeliveryStats | undefined> {
    return this.#call({ kind: 'stats', sink }) as Promise<DeliveryStats | undefined>;
  }

  block(millis: number): Promise<unknown> {
    return this.#call({ kind: 'block', millis });
  }

  shiftClock(millis: number): Promise<unknown> {
    return this.#call({ kind: 'shift-clock', millis });
  }

  killAt(call: number): Promise<unknown> {
    return this.#call({ kind: 'kill-at', call });
  }

  drainOnSigterm(timeoutMillis: number): Promise<unknown> {
    return this.#call({ kind: 'drain-on-sigterm', timeoutMillis });
  }

  /** Sends a signal; SIGKILL by default. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#child.kill(signal);
    await this.exited;
  }

  #call(command: ChildCommand): Promise<unknown> {
    if (!this.isAlive) return Promise.resolve(undefined);
    const id = this.#nextId++;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#child.send({ ...command, id } satisfies ChildRequest, (error) => {
        if (error === null) return;
        this.#waiting.delete(id);
        resolve(undefined);
      });
    });
  }

  #receive(answer: ChildAnswer): void {
    if ('line' in answer) this.lines.push(answer.line);
    else if ('violation' in answer) this.violations.push(answer.violation);
    else if ('drained' in answer) this.drained = { results: answer.drained, millis: answer.millis };
    else {
      if ('error' in answer) this.violations.push(`rejected: ${answer.error}`);
      this.#waiting.get(answer.id)?.('value' in answer ? answer.value : undefined);
      this.#waiting.delete(answer.id);
    }
  }
}
