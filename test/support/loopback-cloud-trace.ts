/**
 * A strict Cloud Trace v2 on localhost (gRPC over TLS, as its exporter always uses): it refuses a batch that breaks a
 * documented limit instead of cutting it. `GRPC_DEFAULT_SSL_ROOTS_FILE_PATH` must name `certificateFile` before
 * `@grpc/grpc-js` is loaded, so import this module dynamically.
 */
import { generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';
import * as grpc from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { LOOPBACK_CERTIFICATE, LOOPBACK_KEY } from './loopback-certificate.ts';

const require = createRequire(import.meta.url);
const TRACE_SERVICE = grpc.loadPackageDefinition(
  fromJSON(require('@google-cloud/opentelemetry-cloud-trace-exporter/build/protos/protos.json'), {
    longs: String,
    defaults: true,
    arrays: true,
    objects: true,
    keepCase: false,
  }),
) as unknown as { google: { devtools: { cloudtrace: { v2: { TraceService: grpc.ServiceClientConstructor } } } } };

interface CloudTraceText {
  readonly value: string;
}

export interface CloudTraceValue {
  readonly stringValue?: CloudTraceText;
  readonly intValue?: string;
  readonly boolValue?: boolean;
}

interface CloudTraceAttributes {
  readonly attributeMap: Readonly<Record<string, CloudTraceValue>>;
}

interface CloudTraceTime {
  readonly seconds: string;
  readonly nanos: number;
}

export interface CloudTraceSpan {
  readonly name: string;
  readonly spanId: string;
  readonly displayName: CloudTraceText;
  readonly startTime: CloudTraceTime;
  readonly endTime: CloudTraceTime;
  readonly attributes: CloudTraceAttributes;
  readonly status?: { readonly code: number; readonly message: string };
  readonly links?: { readonly link: readonly { readonly attributes: CloudTraceAttributes }[] };
  readonly timeEvents?: {
    readonly timeEvent: readonly {
      readonly annotation: { readonly description: CloudTraceText; readonly attributes: CloudTraceAttributes };
    }[];
  };
}

export class LoopbackCloudTrace {
  hang = false;
  readonly spans: CloudTraceSpan[] = [];
  readonly refusals: string[] = [];
  /** The requests as they came over the wire. */
  readonly bodies: Buffer[] = [];
  readonly authorizations: unknown[] = [];
  readonly #server: grpc.Server = new grpc.Server({ 'grpc.max_receive_message_length': -1 });
  #port = 0;

  static async start(): Promise<LoopbackCloudTrace> {
    const loopback = new LoopbackCloudTrace();
    const { service } = TRACE_SERVICE.google.devtools.cloudtrace.v2.TraceService;
    const batchWrite = service.BatchWriteSpans;
    if (batchWrite === undefined) throw new Error('the exporter brings no BatchWriteSpans');
    loopback.#server.addService(
      {
        BatchWriteSpans: {
          ...batchWrite,
          requestDeserialize: (body: Buffer) => {
            loopback.bodies.push(body);
            return batchWrite.requestDeserialize(body);
          },
        },
      },
      {
        BatchWriteSpans: (
          call: grpc.ServerUnaryCall<{ spans: CloudTraceSpan[] }, unknown>,
          callback: grpc.sendUnaryData<unknown>,
        ) => loopback.#write(call, callback),
      },
    );
    const credentials = grpc.ServerCredentials.createSsl(null, [
      { cert_chain: Buffer.from(LOOPBACK_CERTIFICATE), private_key: Buffer.from(LOOPBACK_KEY) },
    ]);
    loopback.#port = await new Promise<number>((resolve, reject) => {
      loopback.#server.bindAsync('localhost:0', credentials, (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
    });
    return loopback;
  }

  /** Options of the exporter: credentials that sign their own tokens, so that no token server is asked. */
  get clientOptions(): {
    readonly projectId: string;
    readonly apiEndpoint: string;
    readonly credentials: { readonly client_email: string; readonly private_key: string };
  } {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const credentials = {
      type: 'service_account',
      client_email: 'test@test-project.iam.example.test',
      private_key: privateKey,
      universe_domain: 'example.test',
    };
    return { projectId: 'test-project', apiEndpoint: `localhost:${this.#port}`, credentials };
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  #write(
    call: grpc.ServerUnaryCall<{ spans: CloudTraceSpan[] }, unknown>,
    callback: grpc.sendUnaryData<unknown>,
  ): void {
    if (this.hang) return;
    this.authorizations.push(...call.metadata.get('authorization'));
    const problems = call.request.spans.flatMap(findProblems);
    if (problems.length === 0) {
      this.spans.push(...call.request.spans);
      callback(null, {});
      return;
    }
    this.refusals.push(...problems);
    callback({ code: grpc.status.INVALID_ARGUMENT, details: problems.join('; ') });
  }
}

/** What the service would cut, drop or refuse. Source: https://cloud.google.com/trace/docs/reference/v2/rpc */
function findProblems(span: CloudTraceSpan): readonly string[] {
  const problems: string[] = [];
  const check = (holds: boolean, problem: string): void => {
    if (!holds) problems.push(`${span.displayName.value}: ${problem}`);
  };
  const checkText = (text: string, maxBytes: number, what: string): void => {
    check(Buffer.byteLength(text) <= maxBytes, `${what} over ${maxBytes} bytes`);
    check(!text.includes('\ufffd'), `${what} was cut in the middle of a character`);
  };
  const checkAttributes = (attributes: CloudTraceAttributes | null, maxCount: number): void => {
    const entries = Object.entries(attributes?.attributeMap ?? {});
    check(entries.length <= maxCount, `${entries.length} attributes of ${maxCount}`);
    for (const [key, value] of entries) {
      check(key !== '', 'an empty key');
      checkText(key, 128, `key ${key}`);
      checkText(value.stringValue?.value ?? '', 256, `value of ${key}`);
    }
  };
  check(/^projects\/[^/]+\/traces\/[0-9a-f]{32}\/spans\/[0-9a-f]{16}$/.test(span.name), `name ${span.name}`);
  checkText(span.displayName.value, 128, 'display name');
  check(span.displayName.value !== '', 'no display name');
  checkText(span.status?.message ?? '', 256, 'status message');
  checkAttributes(span.attributes, 32);
  const events = span.timeEvents?.timeEvent ?? [];
  check(events.length <= 32, `${events.length} annotations of 32`);
  for (const { annotation } of events) {
    checkText(annotation.description.value, 256, 'description');
    checkAttributes(annotation.attributes, 4);
  }
  const links = span.links?.link ?? [];
  check(links.length <= 128, `${links.length} links of 128`);
  for (const link of links) checkAttributes(link.attributes, 32);
  const nanos = ({ seconds, nanos: rest }: CloudTraceTime): bigint => BigInt(seconds) * 1_000_000_000n + BigInt(rest);
  check(nanos(span.endTime) >= nanos(span.startTime), 'ends before it starts');
  return problems;
}
