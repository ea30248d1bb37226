import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, readlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createZip } from '../../src/zip/create-zip.ts';
import { ZipError } from '../../src/zip/zip-error.ts';
import type { CreateZipOptions, ZipEntry, ZipSource } from '../../src/zip/zip-options.ts';
import { useFolder } from '../support/zip-folder.ts';
import { documentOf, startZipServer, type ZipServer } from '../support/zip-server.ts';
import { verifyArchive } from '../support/zip-verify.ts';

const folder = useFolder();
let server: ZipServer;
let closedPort: string;
beforeAll(async () => {
  server = await startZipServer();
  const closed = await startZipServer();
  closedPort = new URL(closed.origin).port;
  await closed.close();
});
afterAll(() => server.close());

const GOOD: ZipEntry = { name: 'good.txt', source: Buffer.from('a good one') };
/** Time limits are for sources that need them: no other may run into one, however slow the machine is. */
const ONCE_MORE = { retries: 1 };
const STALLS = { stallTimeoutMillis: 100 };

interface Fault {
  readonly source: () => ZipSource;
  readonly reason: string;
  readonly detail: RegExp;
  readonly attempts: number;
  readonly options?: Partial<CreateZipOptions>;
  readonly sizeBytes?: number;
}

const at = (path: string) => () => `${server.origin}/${path}`;
const failing = (): Readable =>
  Readable.from(
    (async function* () {
      yield Buffer.from('a beginning');
      throw new Error('the source broke');
    })(),
  );
/** Is destroyed when its beginning has been read. */
const destroyed = (error?: Error): Readable => {
  const chunks = ['a beginning'];
  return new Readable({
    read() {
      const chunk = chunks.pop();
      if (chunk === undefined) this.destroy(error);
      else this.push(chunk);
    },
  });
};

const FAULTS: Readonly<Record<string, Fault>> = {
  '404': { source: at('missing/x'), reason: 'not-found', detail: /HTTP 404/, attempts: 1 },
  '403': { source: at('forbidden/x'), reason: 'forbidden', detail: /HTTP 403/, attempts: 1 },
  '418': { source: at('teapot/x'), reason: 'http-status', detail: /HTTP 418/, attempts: 1 },
  '503 for ever': { source: at('unavailable/x'), reason: 'http-status', detail: /HTTP 503/, attempts: 2 },
  'a connection that is reset': { source: at('reset/x'), reason: 'network', detail: /./, attempts: 2 },
  'a body that is short of its length': { source: at('short/x'), reason: 'network', detail: /./, attempts: 2 },
  'a chunked body that is cut': { source: at('cut-chunked/x'), reason: 'network', detail: /./, attempts: 2 },
  'a packed body that is short': {
    source: at('gzip-short/x'),
    reason: 'source-failed',
    detail: /unexpected end of file/,
    attempts: 2,
  },
  'an unknown packing': { source: at('packed/x'), reason: 'unsupported-source', detail: /encoding/, attempts: 1 },
  'redirects in a circle': { source: at('moved-for-ever/x'), reason: 'http-status', detail: /redirects/, attempts: 1 },
  'a redirect to a file': {
    source: at('moved-to-file/x'),
    reason: 'unsupported-source',
    detail: /redirect to file:/,
    attempts: 1,
  },
  'a server that never answers': {
    source: at('silent/x'),
    options: STALLS,
    reason: 'timeout',
    detail: /no byte for 100 ms/,
    attempts: 2,
  },
  'a body that stops half-way': {
    source: at('stalled/x'),
    options: STALLS,
    reason: 'timeout',
    detail: /no byte for 100 ms/,
    attempts: 2,
  },
  'a body that never ends': {
    source: at('drip/x'),
    options: { timeoutMillis: 300 },
    reason: 'timeout',
    detail: /not complete after 300 ms/,
    attempts: 2,
  },
  'a web page in place of a PDF': { source: at('html/x'), reason: 'html-instead', detail: /web page/, attempts: 1 },
  'a port where nobody listens': {
    source: () => `http://127.0.0.1:${closedPort}/x`,
    reason: 'network',
    detail: /ECONNREFUSED/,
    attempts: 2,
  },
  'a password in the URL': {
    source: () => 'http://user:secret@127.0.0.1:1/x',
    reason: 'unsupported-source',
    detail: /^credentials in the URL/,
    attempts: 1,
  },
  'an unknown scheme': { source: () => 'ftp://host/x', reason: 'unsupported-source', detail: /ftp/, attempts: 1 },
  'a length that was declared too large': {
    source: at('ok/x'),
    sizeBytes: 1_001,
    reason: 'length-mismatch',
    detail: /1000 of 1001 bytes/,
    attempts: 2,
  },
  'a length that was declared too small': {
    source: () => Readable.from(['more than ten bytes']),
    sizeBytes: 10,
    reason: 'length-mismatch',
    detail: /more than the 10 bytes/,
    attempts: 1,
  },
  'a buffer of another length': {
    source: () => Buffer.from('abc'),
    sizeBytes: 4,
    reason: 'length-mismatch',
    detail: /3 of 4 bytes/,
    attempts: 1,
  },
  'an entry above its limit': {
    source: at('ok/x'),
    options: { maxEntryBytes: 999 },
    reason: 'entry-too-large',
    detail: /1000 bytes/,
    attempts: 1,
  },
  'an endless entry above its limit': {
    source: () =>
      Readable.from(
        (function* () {
          for (;;) yield Buffer.alloc(1_000);
        })(),
      ),
    options: { maxEntryBytes: 5_000 },
    reason: 'entry-too-large',
    detail: /bytes or more/,
    attempts: 1,
  },
  'a stream that fails half-way': { source: failing, reason: 'source-failed', detail: /the source broke/, attempts: 1 },
  'a stream that is destroyed': {
    source: () => destroyed(),
    reason: 'source-failed',
    detail: /Premature close/,
    attempts: 1,
  },
  'a stream that is aborted': {
    source: () => destroyed(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })),
    reason: 'network',
    detail: /aborted/,
    attempts: 1,
  },
  'a stream that never ends': {
    source: () => new PassThrough(),
    options: STALLS,
    reason: 'timeout',
    detail: /no byte/,
    attempts: 1,
  },
  'a stream that failed beforehand': {
    source: () => createReadStream('/no/such/file'),
    reason: 'source-failed',
    detail: /ENOENT/,
    attempts: 1,
  },
  'a stream of objects': {
    source: () => Readable.from([{ a: 1 }]),
    reason: 'source-failed',
    detail: /type object/,
    attempts: 1,
  },
  'a response that was read': {
    source: () => async () => {
      const response = await fetch(`${server.origin}/ok/read`);
      await response.text();
      return response;
    },
    reason: 'source-failed',
    detail: /read before/,
    attempts: 1,
  },
  'a function that throws': {
    source: () => () => {
      throw new Error('no rights');
    },
    reason: 'source-failed',
    detail: /no rights/,
    attempts: 2,
  },
  'a function that never answers': {
    source: () => () => new Promise(() => undefined),
    options: STALLS,
    reason: 'timeout',
    detail: /no byte for 100 ms/,
    attempts: 2,
  },
  'a file that is not there': {
    source: () => folder.path('nothing'),
    reason: 'not-found',
    detail: /ENOENT/,
    attempts: 1,
  },
  'a folder': {
    source: () => folder.path(''),
    reason: 'unsupported-source',
    detail: /not a regular file/,
    attempts: 1,
  },
  'a device': { source: () => '/dev/zero', reason: 'unsupported-source', detail: /not a regular file/, attempts: 1 },
  'a disk that is full': {
    source: () => Readable.from([Buffer.alloc(3_000_000)]),
    options: { temporaryFolder: '/no/such/folder' },
    reason: 'temporary-file-failed',
    detail: /ENOENT/,
    attempts: 1,
  },
};

describe.concurrent.each(Object.entries(FAULTS))(
  '%s',
  (_name, { source, reason, detail, attempts, options, sizeBytes }) => {
    const build = (): ZipEntry => ({
      name: 'bad.pdf',
      source: source(),
      ...(sizeBytes === undefined ? {} : { sizeBytes }),
    });

    it('is left out and listed, and the archive is whole', async ({ expect }) => {
      const destination = join(await mkdtemp(folder.path('skip-')), 'a.zip');
      const { missing } = await createZip({
        entries: [GOOD, build(), { ...GOOD, name: 'last.txt' }],
        destination,
        ...ONCE_MORE,
        ...options,
      });
      expect(missing).toMatchObject([{ name: 'bad.pdf', reason, attempts }]);
      expect(missing[0]?.detail).toMatch(detail);
      expect(JSON.stringify(missing)).not.toContain('secret');
      expect([...(await verifyArchive(destination)).keys()]).toEqual(['good.txt', 'last.txt']);
    });

    it('fails the archive where nothing may be missing, with its name and reason', async ({ expect }) => {
      const own = await mkdtemp(folder.path('fail-'));
      const destination = join(own, 'a.zip');
      const failed = createZip({ entries: [GOOD, build()], destination, onMissing: 'fail', ...ONCE_MORE, ...options });
      await expect(failed).rejects.toMatchObject({ name: 'ZipError', entry: 'bad.pdf', reason });
      await expect(failed).rejects.toThrow(`ZIP failed at entry "bad.pdf": ${reason}: `);
      expect(await readdir(own)).toEqual([]);
    });
  },
);

describe('createZip', () => {
  it.each(['later-ok', 'reset-once'])('tries again after %s', async (path) => {
    const destination = folder.path('again.zip');
    const entries = [{ name: 'a.txt', source: `${server.origin}/${path}/again` }];
    const { missing } = await createZip({ entries, destination });
    expect(missing).toEqual([]);
    expect(await verifyArchive(destination)).toEqual(new Map([['a.txt', documentOf('again')]]));
  });

  it('fails, and says so, where a large file becomes shorter while it is read', async () => {
    const source = folder.path('shrinking.bin');
    await writeFile(source, Buffer.alloc(40_000_000, 'x'));
    const failed = createZip({
      entries: [
        // Ends only when the file has been opened, so the file shrinks before its turn comes.
        {
          name: 'first.txt',
          source: async () => {
            await truncateOnceOpen(source);
            return Buffer.from('first');
          },
        },
        { name: 'shrinking.bin', source },
      ],
      destination: folder.path('shrunk.zip'),
    });
    await expect(failed).rejects.toMatchObject({ reason: 'source-failed', entry: 'shrinking.bin' });
    await expect(failed).rejects.toThrow(/the file ended after 1000 of 40000000 bytes/);
    expect(await readdir(folder.path(''))).not.toContain('shrunk.zip');
  });

  // The next try would come after 30 seconds.
  it('does not wait for the next try when it is aborted between two tries', { timeout: 25_000 }, async () => {
    const entries = [{ name: 'a', source: `${server.origin}/later-please/x` }];
    const controller = new AbortController();
    const failed = createZip({ entries, destination: folder.path('never.zip'), signal: controller.signal });
    await Promise.all([
      expect(failed).rejects.toMatchObject({ reason: 'aborted' }),
      expect
        .poll(() => server.requests.get('/later-please/x'))
        .toBe(1)
        .then(() => controller.abort()),
    ]);
  });

  it.each<[string, ZipEntry[]]>([
    ['there are none', []],
    ['none can be had', [{ name: 'a', source: '/no/such/file' }]],
  ])('rejects where %s: an archive of nothing is not what was wanted', async (_case, entries) => {
    const failed = createZip({ entries, destination: folder.path('nothing.zip') });
    await expect(failed).rejects.toMatchObject({
      reason: 'no-entries',
      missing: entries.map(({ name }) => ({ name })),
    });
    expect(await readdir(folder.path(''))).not.toContain('nothing.zip');
  });

  it('leaves out, in the given order, what would exceed the limit for all', async () => {
    const entries = [600, 300, 200, 100].map((size, i) => ({ name: `${i}.txt`, source: Buffer.alloc(size, 'a') }));
    const destination = folder.path('limited.zip');
    const { missing } = await createZip({ entries, destination, maxTotalBytes: 1_000 });
    expect(missing).toMatchObject([{ name: '2.txt', reason: 'total-too-large' }]);
    expect([...(await verifyArchive(destination)).keys()]).toEqual(['0.txt', '1.txt', '3.txt']);
    const failed = createZip({ entries, destination, maxTotalBytes: 1_000, onMissing: 'fail' });
    await expect(failed).rejects.toMatchObject({ reason: 'total-too-large', entry: '2.txt' });
  });

  it('rejects with what the host’s own generator threw', async () => {
    const cause = new Error('the list is gone');
    async function* entries(): AsyncGenerator<ZipEntry> {
      yield GOOD;
      throw cause;
    }
    await expect(createZip({ entries: entries(), destination: folder.path('never.zip') })).rejects.toMatchObject({
      reason: 'entries-failed',
      cause,
    });
  });

  it('survives entries that are none', async () => {
    const junk: unknown[] = [null, undefined, 7, {}, { name: 7, source: 'x' }, { name: 'a' }, { name: 'b', source: 7 }];
    const entries = [GOOD, ...junk] as ZipEntry[];
    const destination = folder.path('junk.zip');
    const { missing } = await createZip({ entries, destination });
    expect(missing).toHaveLength(junk.length);
    expect([...(await verifyArchive(destination)).keys()]).toEqual(['good.txt']);
  });

  it('stops at once when it is aborted, and destroys the streams it was given', async () => {
    const controller = new AbortController();
    const reason = new Error('the user left');
    const unread = new PassThrough();
    const waiting = createZip({
      entries: [
        { name: 'a', source: `${server.origin}/silent/left` },
        { name: 'b', source: unread },
      ],
      destination: folder.path('aborted.zip'),
      concurrency: 1,
      signal: controller.signal,
    });
    await expect.poll(() => server.requests.get('/silent/left')).toBe(1);
    controller.abort(reason);
    await expect(waiting).rejects.toMatchObject({ reason: 'aborted', cause: reason, entry: undefined });
    await expect(waiting).rejects.toBeInstanceOf(ZipError);
    expect(unread.destroyed).toBe(true);
    const late = createZip({ entries: [GOOD], destination: folder.path('aborted.zip'), signal: controller.signal });
    await expect(late).rejects.toMatchObject({ reason: 'aborted' });
    expect((await readdir(folder.path(''))).filter((name) => name.includes('aborted'))).toEqual([]);
  });

  async function truncateOnceOpen(path: string): Promise<void> {
    await expect.poll(openFiles).toContain(path);
    await truncate(path, 1_000);
  }

  async function openFiles(): Promise<string[]> {
    const descriptors = await readdir('/proc/self/fd');
    return Promise.all(descriptors.map((each) => readlink(join('/proc/self/fd', each)).catch(() => 'closed by now')));
  }
});
