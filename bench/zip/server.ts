/** Documents over HTTP with a latency, in a process of its own: `/SIZE/NAME` gives SIZE bytes. Tells its port by IPC. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const delayMillis = Number(process.argv[2]);
const bodies = new Map<number, Buffer>();

function bodyOf(size: number): Buffer {
  const body = bodies.get(size) ?? Buffer.concat([Buffer.from('%PDF-1.7 '), Buffer.alloc(size, 'x')]).subarray(0, size);
  bodies.set(size, body);
  return body;
}

const server = createServer((request, response) => {
  const body = bodyOf(Number(request.url?.split('/')[1]));
  setTimeout(() => response.writeHead(200, { 'content-length': body.length }).end(body), delayMillis);
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
