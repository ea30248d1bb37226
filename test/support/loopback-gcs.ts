import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What goes wrong next; each is used up by one request of its kind. */
export type GcsFault =
  /** A download that is answered with this status. */
  | { readonly kind: 'download-status'; readonly status: number }
  /** A download that breaks off half-way. */
  | { readonly kind: 'download-cut' }
  /** A download whose bytes are not the ones that the hash is of. */
  | { readonly kind: 'download-corrupt' }
  /** The start of an upload, answered with this status. */
  | { readonly kind: 'start-status'; readonly status: number }
  /** A part of an upload, answered with this status after it was read; nothing is kept. */
  | { readonly kind: 'part-status'; readonly status: number }
  /** A part of an upload whose connection breaks; the first half is kept. */
  | { readonly kind: 'part-reset' }
  /** A part of an upload that is never answered. */
  | { readonly kind: 'part-silent' };

interface UploadSession {
  readonly key: string;
  readonly parts: Buffer[];
  sizeBytes: number;
}

export interface LoopbackGcs {
  readonly origin: string;
  /** Finished objects by `bucket/name`. */
  readonly objects: Map<string, Buffer>;
  readonly faults: GcsFault[];
  /** `GET object`, `POST upload`, `PUT part`, `DELETE session`, in order. */
  readonly requests: string[];
  /** Sessions that were neither finished nor cancelled. */
  openSessions(): number;
  close(): Promise<void>;
}

/**
 * A Cloud Storage of one process on a free loopback port: the JSON API's media download and resumable upload, as far
 * as the official client uses them, with errors in the middle.
 */
export async function startLoopbackGcs(): Promise<LoopbackGcs> {
  const objects = new Map<string, Buffer>();
  const sessions = new Map<string, UploadSession>();
  const faults: GcsFault[] = [];
  const requests: string[] = [];
  const takeFault = <K extends GcsFault['kind']>(kind: K): Extract<GcsFault, { kind: K }> | undefined => {
    const index = faults.findIndex((fault) => fault.kind === kind);
    return index < 0 ? undefined : (faults.splice(index, 1)[0] as Extract<GcsFault, { kind: K }>);
  };

  const download = (key: string, response: ServerResponse): void => {
    requests.push('GET object');
    const status = takeFault('download-status')?.status;
    const bytes = objects.get(key);
    if (status !== undefined) return void response.writeHead(status).end();
    if (bytes === undefined) return void response.writeHead(404).end('No such object');
    response.setHeader('content-length', bytes.length);
    response.setHeader('x-goog-stored-content-encoding', 'identity');
    response.setHeader('x-goog-hash', `md5=${md5(bytes)}`);
    if (takeFault('download-cut') !== undefined) {
      response.write(bytes.subarray(0, bytes.length / 2));
      setTimeout(() => response.destroy(), 20);
    } else if (takeFault('download-corrupt') !== undefined) {
      response.end(Buffer.alloc(bytes.length));
    } else {
      response.end(bytes);
    }
  };

  const startUpload = (key: string, response: ServerResponse, origin: string): void => {
    requests.push('POST upload');
    const status = takeFault('start-status')?.status;
    if (status !== undefined) return void response.writeHead(status).end();
    const id = `session-${sessions.size}-${requests.length}`;
    sessions.set(id, { key, parts: [], sizeBytes: 0 });
    response.writeHead(200, { location: `${origin}/upload/session/${id}` }).end();
  };

  const takePart = async (id: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests.push('PUT part');
    const session = sessions.get(id);
    if (session === undefined) return void response.writeHead(404).end();
    if (takeFault('part-silent') !== undefined) return;
    const bytes = await buffer(request);
    const range = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/u.exec(request.headers['content-range'] ?? '');
    const status = takeFault('part-status')?.status;
    if (status !== undefined) return void response.writeHead(status).end();
    const isReset = takeFault('part-reset') !== undefined;
    // The service keeps what arrived, in multiples of 256 KiB.
    const kept = isReset ? bytes.subarray(0, Math.floor(bytes.length / 2 / 262_144) * 262_144) : bytes;
    if (range?.[1] !== undefined && Number(range[1]) !== session.sizeBytes) return void response.writeHead(400).end();
    session.parts.push(kept);
    session.sizeBytes += kept.length;
    if (isReset) return void request.socket.destroy();
    if (range?.[3] === '*' || Number(range?.[3]) !== session.sizeBytes) {
      const received = session.sizeBytes === 0 ? {} : { range: `bytes=0-${session.sizeBytes - 1}` };
      return void response.writeHead(308, received).end();
    }
    const whole = Buffer.concat(session.parts);
    objects.set(session.key, whole);
    sessions.delete(id);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ name: session.key, size: String(whole.length), md5Hash: md5(whole) }));
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', `http://${request.headers.host}`);
    const [, bucket = '', name = ''] = /^\/(?:upload\/)?storage\/v1\/b\/([^/]+)\/o\/?(.*)$/u.exec(url.pathname) ?? [];
    const session = /^\/upload\/session\/(.+)$/u.exec(url.pathname)?.[1];
    if (session !== undefined && request.method === 'DELETE') {
      requests.push('DELETE session');
      sessions.delete(session);
      response.writeHead(499).end();
    } else if (session !== undefined) {
      // A client that leaves in the middle of a part is one of the cases.
      takePart(session, request, response).catch(() => response.destroy());
    } else if (request.method === 'POST') {
      request.resume();
      startUpload(`${bucket}/${url.searchParams.get('name')}`, response, url.origin);
    } else {
      download(`${bucket}/${decodeURIComponent(name)}`, response);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    faults,
    requests,
    openSessions: () => sessions.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('base64');
}
