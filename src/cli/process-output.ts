import { once } from 'node:events';
import type { WriteStream } from 'node:tty';
import type { CliOutput } from './context.ts';

/** Wraps standard output or standard error: waits for slow readers, survives readers that have gone (`EPIPE`). */
export function createProcessOutput(
  stream: NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>,
): CliOutput {
  let closed = false;
  stream.on('error', () => {
    closed = true;
  });
  return {
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns;
    },
    get closed() {
      return closed;
    },
    async write(text) {
      if (closed || stream.write(text)) return;
      // `once` rejects on `error`, which the listener above has noted.
      await once(stream, 'drain').catch(() => undefined);
    },
  };
}
