/**
 * A strict OTLP/HTTP receiver on 127.0.0.1, as the Telemetry API is one: protobuf and JSON, gzip or not. It refuses
 * what is malformed and, where asked to, requests without a token or a project.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { parseOtlpJson } from '../../src/otlp/parse-otlp-json.ts';
import type { SpanSnapshot } from '../../src/spans/span-snapshot.ts';
import { decodeOtlpProtobuf } from './otlp-trace-proto.ts';

export type TelemetryFault = { readonly kind: 'status'; readonly status: number } | { readonly kind: 'hang' };

export interface TelemetryRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly contentType: string;
  /** Unpacked. */
  readonly body: Buffer;
}

export class LoopbackTelemetry {
  /** Refuse requests without `authorization` and spans without `gcp.project_id`. */
  asGoogle = false;
  faults: () => TelemetryFault | undefined = () => undefined;
  readonly requests: TelemetryRequest[] = [];
  readonly spans: SpanSnapshot[] = [];
  /** Why requests were refused. */
  readonly refusals: string[] = [];
  readonly #server: Server = createServer((request, response) => {
    void this.#answer(request).then(({ status, body }) => {
      if (status !== 0) response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
  });

  static async start(): Promise<LoopbackTelemetry> {
    const loopback = new LoopbackTelemetry();
    await new Promise<void>((resolve) => loopback.#server.listen(0, '127.0.0.1', resolve));
    return loopback;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body: string }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const packed = Buffer.concat(chunks);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(packed) : packed;
    const { authorization, 'content-type': contentType = '' } = request.headers;
    this.requests.push({ path: request.url ?? '', authorization, contentType, body });
    const fault = this.faults();
    if (fault?.kind === 'hang') return { status: 0, body: '' };
    if (fault?.kind === 'status') return { status: fault.status, body: '{}' };
    try {
      this.spans.push(...this.#accept(body, contentType, authorization));
      return { status: 200, body: '{}' };
    } catch (error) {
      this.refusals.push(String(error));
      return { status: 400, body: '{}' };
    }
  }

  #accept(body: Buffer, contentType: string, authorization: string | undefined): readonly SpanSnapshot[] {
    const isProtobuf = contentType === 'application/x-protobuf';
    if (!isProtobuf && contentType !== 'application/json') throw new Error(`content type ${contentType}`);
    const document = isProtobuf ? decodeOtlpProtobuf(body) : JSON.parse(body.toString('utf8'));
    const { spans, rejected } = parseOtlpJson(document);
    if (rejected.size > 0) throw new Error(`malformed spans: ${[...rejected.keys()]}`);
    if (this.asGoogle && authorization === undefined) throw new Error('no authorization');
    for (const { name, resource } of spans) {
      if (this.asGoogle && resource['gcp.project_id'] === undefined) throw new Error(`${name} has no gcp.project_id`);
    }
    return spans;
  }
}
