import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

export interface ZipServer {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** How often each path was asked for. */
  readonly requests: ReadonlyMap<string, number>;
  /** The most requests that were open at the same time. */
  maxOpen(): number;
  close(): Promise<void>;
}

type Answer = (request: IncomingMessage, response: ServerResponse, times: number) => void;

/** Content of `/ok/NAME`: 1,000 bytes that depend on the name. */
export function documentOf(name: string): Buffer {
  return Buffer.alloc(1_000, `document ${name}. `);
}

/** Each way in which a server of documents can let one down, by the first part of the path. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  ok: (request, response) => response.end(documentOf(nameOf(request))),
  missing: (_request, response) => response.writeHead(404).end('no such document'),
  forbidden: (_request, response) => response.writeHead(403).end(),
  teapot: (_request, response) => response.writeHead(418).end(),
  unavailable: (_request, response) => response.writeHead(503).end(),
  'later-ok': (request, response, times) =>
    times < 3 ? response.writeHead(503, { 'retry-after': '0' }).end() : response.end(documentOf(nameOf(request))),
  'later-please': (_request, response) => response.writeHead(503, { 'retry-after': '30' }).end(),
  'reset-once': (request, response, times) =>
    times < 2 ? request.socket.destroy() : response.end(documentOf(nameOf(request))),
  reset: (request) => request.socket.destroy(),
  short: (request, response) => {
    response.writeHead(200, { 'content-length': 1_000 }).write('only this');
    setTimeout(() => request.socket.destroy(), 20);
  },
  'cut-chunked': (request, response) => {
    response.write('only this');
    setTimeout(() => request.socket.destroy(), 20);
  },
  silent: () => undefined,
  stalled: (_request, response) => void response.writeHead(200, { 'content-length': 1_000 }).write('only this'),
  drip: (_request, response) => {
    const timer = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(timer));
  },
  html: (_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in</title>'),
  moved: (request, response) => response.writeHead(302, { location: `/ok/${nameOf(request)}` }).end(),
  gzip: (request, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(documentOf(nameOf(request)))),
  'gzip-short': (request, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(documentOf(nameOf(request))).subarray(0, -12)),
  packed: (_request, response) => response.writeHead(200, { 'content-encoding': 'unheard-of' }).end('x'),
  'moved-for-ever': (request, response) => response.writeHead(302, { location: request.url ?? '' }).end(),
  'moved-to-file': (_request, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  empty: (_request, response) => response.writeHead(200, { 'content-length': 0 }).end(),
};

/** A server on a free loopback port. `delayMillis`: latency before each answer. */
export async function startZipServer({ delayMillis = 0 }: { delayMillis?: number } = {}): Promise<ZipServer> {
  const requests = new Map<string, number>();
  let open = 0;
  let maxOpen = 0;
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const times = (requests.get(path) ?? 0) + 1;
    requests.set(path, times);
    open += 1;
    maxOpen = Math.max(maxOpen, open);
    response.on('close', () => {
      open -= 1;
    });
    const answer = ANSWERS[path.split('/')[1] ?? ''] ?? ANSWERS.missing;
    if (delayMillis === 0) answer?.(request, response, times);
    else setTimeout(() => answer?.(request, response, times), delayMillis);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    maxOpen: () => maxOpen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function nameOf(request: IncomingMessage): string {
  return decodeURIComponent(request.url?.split('/')[2] ?? '');
}
