import { fork } from 'node:child_process';
import { once } from 'node:events';

/** @returns the origin of a document server in another process, and what ends it */
export async function startServer(delayMillis: number): Promise<{ origin: string; stop(): void }> {
  const child = fork(new URL('./server.ts', import.meta.url), [String(delayMillis)]);
  const [port] = await once(child, 'message');
  return { origin: `http://127.0.0.1:${port}`, stop: () => child.disconnect() };
}
