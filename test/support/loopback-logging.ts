/**
 * A strict Cloud Logging on 127.0.0.1 (gRPC): writes and lists entries, holds the documented limits, shows an entry once
 * per insert id and time stamp, and misbehaves as a fault policy says. Use `clientOptions` for the official client.
 */
import { protos } from '@google-cloud/logging';
import * as grpc from '@grpc/grpc-js';

const { WriteLogEntriesRequest, WriteLogEntriesResponse, ListLogEntriesRequest, ListLogEntriesResponse, LogEntry } =
  protos.google.logging.v2;
type Entry = protos.google.logging.v2.ILogEntry;

const MAX_ENTRY_BYTES = 256 * 1024;
const MAX_REQUEST_BYTES = 10 * 1024 * 1024;

export type LoggingFault =
  /** An error; `commit` keeps the entries nevertheless. */
  | { readonly kind: 'error'; readonly code: grpc.status; readonly commit?: boolean }
  | { readonly kind: 'hang' }
  /** Keeps all but one entry and answers `INVALID_ARGUMENT`. */
  | { readonly kind: 'partial'; readonly refused: number };

export interface LoopbackLoggingEntry {
  readonly logName: string;
  readonly insertId: string;
  readonly severity: string;
  readonly timestamp: string;
  readonly trace: string;
  readonly spanId: string;
  readonly traceSampled: boolean;
  readonly jsonPayload: Readonly<Record<string, unknown>>;
}

export class LoopbackLogging {
  faults: (entryCount: number) => LoggingFault | undefined = () => undefined;
  /** Whether an entry is invalid, and its whole request with it. */
  refusesEntry: (insertId: string) => boolean = () => false;
  /** Entries in each write that arrived. */
  readonly writes: number[] = [];
  readonly #entries: Map<string, Entry> = new Map();
  readonly #server: grpc.Server = new grpc.Server({ 'grpc.max_receive_message_length': -1 });
  #port = 0;

  static async start(port = 0, credentials = grpc.ServerCredentials.createInsecure()): Promise<LoopbackLogging> {
    const loopback = new LoopbackLogging();
    loopback.#server.addService(SERVICE, {
      WriteLogEntries: (
        call: grpc.ServerUnaryCall<InstanceType<typeof WriteLogEntriesRequest>, unknown>,
        callback: grpc.sendUnaryData<unknown>,
      ) => loopback.#write(call.request, callback),
      ListLogEntries: (
        call: grpc.ServerUnaryCall<InstanceType<typeof ListLogEntriesRequest>, unknown>,
        callback: grpc.sendUnaryData<unknown>,
      ) => loopback.#list(call.request, callback),
    });
    loopback.#port = await new Promise<number>((resolve, reject) => {
      loopback.#server.bindAsync(`127.0.0.1:${port}`, credentials, (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    return loopback;
  }

  get port(): number {
    return this.#port;
  }

  get clientOptions(): Readonly<Record<string, unknown>> {
    return loopbackClientOptions(this.#port);
  }

  /** Every entry, as an export writes it, in order of arrival. */
  entries(): readonly LoopbackLoggingEntry[] {
    return [...this.#entries.values()].map((entry) => ({
      logName: entry.logName ?? '',
      insertId: entry.insertId ?? '',
      severity: String(LogEntry.toObject(LogEntry.fromObject(entry), { enums: String }).severity),
      timestamp: new Date(millisOf(entry)).toISOString(),
      trace: entry.trace ?? '',
      spanId: entry.spanId ?? '',
      traceSampled: entry.traceSampled ?? false,
      jsonPayload: plainValue({ structValue: entry.jsonPayload ?? null }) as Record<string, unknown>,
    }));
  }

  close(): void {
    this.#server.forceShutdown();
  }

  #write(request: InstanceType<typeof WriteLogEntriesRequest>, callback: grpc.sendUnaryData<unknown>): void {
    this.writes.push(request.entries.length);
    const fault = this.faults(request.entries.length);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'error') {
      if (fault.commit === true) this.#keep(request, request.entries);
      callback({ code: fault.code, details: 'scripted' });
      return;
    }
    if (fault?.kind === 'partial' && request.entries.length > 0) {
      const refused = fault.refused % request.entries.length;
      this.#keep(
        request,
        request.entries.filter((_, index) => index !== refused),
      );
      callback({ code: grpc.status.INVALID_ARGUMENT, details: 'Log entry with an invalid field' });
      return;
    }
    const isRefused = request.entries.some(({ insertId }) => this.refusesEntry(insertId ?? ''));
    const problem = isRefused ? 'Invalid entry.' : findProblem(request);
    if (problem !== undefined) {
      callback({ code: grpc.status.INVALID_ARGUMENT, details: problem });
      return;
    }
    this.#keep(request, request.entries);
    callback(null, new WriteLogEntriesResponse());
  }

  #keep(request: InstanceType<typeof WriteLogEntriesRequest>, entries: readonly Entry[]): void {
    for (const entry of entries) {
      const key = `${entry.insertId}@${millisOf(entry)}`;
      if (!this.#entries.has(key)) this.#entries.set(key, { ...entry, logName: entry.logName || request.logName });
    }
  }

  #list(request: InstanceType<typeof ListLogEntriesRequest>, callback: grpc.sendUnaryData<unknown>): void {
    const from = boundOf(request.filter, '>=') ?? Number.NEGATIVE_INFINITY;
    const to = boundOf(request.filter, '<=') ?? Number.POSITIVE_INFINITY;
    const logName = /logName="([^"]+)"/.exec(request.filter)?.[1];
    const matching = [...this.#entries.values()]
      .filter(
        (entry) =>
          (logName === undefined || entry.logName === logName) && millisOf(entry) >= from && millisOf(entry) <= to,
      )
      .sort((a, b) => millisOf(a) - millisOf(b));
    const start = Number(request.pageToken || 0);
    const end = start + Math.min(request.pageSize || 1_000, 100);
    callback(
      null,
      ListLogEntriesResponse.fromObject({
        entries: matching.slice(start, end),
        nextPageToken: end < matching.length ? String(end) : '',
      }),
    );
  }
}

/** Options of the official client that lead it to the server of this port. */
export function loopbackClientOptions(port: number): Readonly<Record<string, unknown>> {
  return { apiEndpoint: '127.0.0.1', port, sslCreds: grpc.credentials.createInsecure() };
}

const SERVICE: grpc.ServiceDefinition = {
  WriteLogEntries: {
    path: '/google.logging.v2.LoggingServiceV2/WriteLogEntries',
    requestStream: false,
    responseStream: false,
    requestSerialize: (value) => Buffer.from(WriteLogEntriesRequest.encode(value).finish()),
    requestDeserialize: (bytes) => WriteLogEntriesRequest.decode(bytes),
    responseSerialize: (value) => Buffer.from(WriteLogEntriesResponse.encode(value).finish()),
    responseDeserialize: (bytes) => WriteLogEntriesResponse.decode(bytes),
  },
  ListLogEntries: {
    path: '/google.logging.v2.LoggingServiceV2/ListLogEntries',
    requestStream: false,
    responseStream: false,
    requestSerialize: (value) => Buffer.from(ListLogEntriesRequest.encode(value).finish()),
    requestDeserialize: (bytes) => ListLogEntriesRequest.decode(bytes),
    responseSerialize: (value) => Buffer.from(ListLogEntriesResponse.encode(value).finish()),
    responseDeserialize: (bytes) => ListLogEntriesResponse.decode(bytes),
  },
};

function findProblem(request: InstanceType<typeof WriteLogEntriesRequest>): string | undefined {
  if (request.entries.length === 0) return 'No entries.';
  let total = 0;
  for (const entry of request.entries) {
    const sizeBytes = LogEntry.encode(entry).finish().length;
    total += sizeBytes;
    if (sizeBytes > MAX_ENTRY_BYTES)
      return `Log entry with size ${sizeBytes} exceeds maximum size of ${MAX_ENTRY_BYTES}`;
    if (!/^projects\/[^/]+\/logs\/[\w%.-]+$/.test(entry.logName || request.logName)) return 'Invalid log name.';
    if (entry.insertId === '') return 'No insert id.';
  }
  return total > MAX_REQUEST_BYTES ? 'Request is too large.' : undefined;
}

function boundOf(filter: string, operator: '>=' | '<='): number | undefined {
  const match = new RegExp(`timestamp\\s*${operator}\\s*"([^"]+)"`).exec(filter);
  return match === null ? undefined : Date.parse(match[1] ?? '');
}

function millisOf(entry: Entry): number {
  return Number(entry.timestamp?.seconds ?? 0) * 1_000 + Math.round((entry.timestamp?.nanos ?? 0) / 1_000_000);
}

function plainValue(value: protos.google.protobuf.IValue): unknown {
  if (value.structValue) {
    return Object.fromEntries(
      Object.entries(value.structValue.fields ?? {}).map(([name, field]) => [name, plainValue(field)]),
    );
  }
  if (value.listValue) return (value.listValue.values ?? []).map(plainValue);
  if (value.stringValue !== null && value.stringValue !== undefined) return value.stringValue;
  if (value.numberValue !== null && value.numberValue !== undefined) return value.numberValue;
  if (value.boolValue !== null && value.boolValue !== undefined) return value.boolValue;
  return null;
}
