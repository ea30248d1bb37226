import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createZip } from '../../src/zip/create-zip.ts';
import type { ZipEntry } from '../../src/zip/zip-options.ts';
import { useFolder } from '../support/zip-folder.ts';
import { startZipServer, type ZipServer } from '../support/zip-server.ts';

const run = promisify(execFile);
const folder = useFolder();
let server: ZipServer;
beforeAll(async () => {
  server = await startZipServer();
});
afterAll(() => server.close());

const LARGE: ZipEntry[] = Array.from({ length: 8 }, (_, i) => ({ name: `${i}.pdf`, source: randomBytes(1_000_000) }));

describe('a file', () => {
  it('is not touched where the archive fails, and nothing is left beside it', async () => {
    const own = await mkdtemp(folder.path('kept-'));
    const destination = join(own, 'a.zip');
    await writeFile(destination, 'the archive of yesterday');
    const entries = [...LARGE, { name: 'gone', source: '/no/such/file' }];
    await expect(createZip({ entries, destination, onMissing: 'fail' })).rejects.toMatchObject({ entry: 'gone' });
    expect(await readdir(own)).toEqual(['a.zip']);
    expect(await readFile(destination, 'utf8')).toBe('the archive of yesterday');
  });

  it('is seen under its name only when it is whole', async () => {
    const own = await mkdtemp(folder.path('partial-'));
    const seen: string[][] = [];
    const watched = {
      name: 'last',
      source: async () => {
        seen.push(await readdir(own));
        return Buffer.from('x');
      },
    };
    await createZip({ entries: [...LARGE, watched], destination: join(own, 'a.zip'), id: 'my id', concurrency: 1 });
    expect(seen).toEqual([['.a.zip.my_id.partial']]);
    expect(await readdir(own)).toEqual(['a.zip']);
  });

  it('may have a name as long as the file system holds', async () => {
    const destination = folder.path(`${'発'.repeat(80)}.zip`);
    expect((await createZip({ entries: LARGE, destination })).location).toBe(destination);
  });

  it.each([
    ['in a folder that is missing', () => folder.path('no', 'such', 'a.zip'), /ENOENT/],
    ['where a folder stands', () => folder.path('a-folder'), /EISDIR|ENOTEMPTY|EEXIST|directory/],
  ])('%s is said with its reason', async (_case, path, message) => {
    await mkdir(folder.path('a-folder'), { recursive: true });
    const failed = createZip({ entries: LARGE, destination: path() });
    await expect(failed).rejects.toMatchObject({ reason: 'destination-failed', entry: undefined });
    await expect(failed).rejects.toThrow(message);
    expect((await readdir(folder.path(''))).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('on a full disk fails and leaves the disk as it was', async ({ skip }) => {
    const disk = folder.path('disk');
    await mkdir(disk);
    const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]).then(
      () => true,
      () => false,
    );
    skip(!mounted, 'no right to mount a small disk here');
    try {
      const failed = createZip({ entries: LARGE, destination: join(disk, 'a.zip') });
      await expect(failed).rejects.toMatchObject({
        reason: 'destination-failed',
        cause: { code: 'ENOSPC' },
      });
      expect(await readdir(disk)).toEqual([]);
      const large = { name: 'large.bin', source: () => new Blob([randomBytes(6_000_000)]).stream() };
      const { missing } = await createZip({
        entries: [large, { name: 'small', source: Buffer.from('x') }],
        destination: folder.path('beside.zip'),
        temporaryFolder: disk,
        retries: 0,
      });
      expect(missing).toMatchObject([{ name: 'large.bin', reason: 'temporary-file-failed' }]);
      expect(missing[0]?.detail).toContain('ENOSPC');
      expect(await readdir(disk)).toEqual([]);
    } finally {
      await run('umount', [disk]);
    }
  });
});

describe('a stream', () => {
  it('that reports a full disk is destroyed, and the archive fails', async () => {
    const destination = createWriteStream('/dev/full');
    const failed = createZip({ entries: LARGE, destination });
    await expect(failed).rejects.toMatchObject({ reason: 'destination-failed' });
    await expect(failed).rejects.toThrow(/ENOSPC/);
    expect(destination.destroyed).toBe(true);
  });

  it('that takes nothing any more is given up', async () => {
    const destination = new Writable({ highWaterMark: 1, write: () => undefined });
    const failed = createZip({ entries: LARGE, destination, stallTimeoutMillis: 100 });
    await expect(failed).rejects.toThrow(/took nothing for 100 ms/);
    expect(destination.destroyed).toBe(true);
  });

  it('that never finishes is given up', async () => {
    const destination = new Writable({ write: (_c, _e, done) => done(), final: () => undefined });
    await expect(createZip({ entries: LARGE, destination, stallTimeoutMillis: 100 })).rejects.toThrow(/took nothing/);
    expect(destination.destroyed).toBe(true);
  });

  it.each([
    ['ended', (stream: PassThrough) => stream.end()],
    ['destroyed', (stream: PassThrough) => stream.destroy()],
  ])('that was %s before is refused', async (_case, spoil) => {
    const destination = new PassThrough();
    spoil(destination);
    const failed = createZip({ entries: LARGE, destination });
    await expect(failed).rejects.toMatchObject({ reason: 'destination-failed' });
    await expect(failed).rejects.toThrow(/ended or closed before/);
  });

  it('that is ended by somebody else meanwhile does not pass for a finished archive', async () => {
    const destination = new PassThrough().resume();
    const entries = [
      {
        name: 'slow',
        source: async () => {
          destination.end();
          await new Promise((r) => setTimeout(r, 50));
          return Buffer.from('x');
        },
      },
    ];
    await expect(createZip({ entries, destination })).rejects.toMatchObject({ reason: 'destination-failed' });
  });

  it('that throws in write fails the archive only', async () => {
    const destination = new Writable({
      write: () => {
        throw new Error('a bug of the host');
      },
    });
    await expect(createZip({ entries: LARGE, destination })).rejects.toThrow(/destination-failed: a bug of the host/);
  });
});

describe('an HTTP response', () => {
  let host: Server;
  let origin: string;
  let outcome: Promise<unknown>;
  let entries: ZipEntry[];

  beforeAll(async () => {
    host = createServer((_request, response) => {
      response.setHeader('content-type', 'application/zip');
      outcome = createZip({ entries, destination: response }).catch((error: unknown) => error);
    });
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    host.closeAllConnections();
    host.close();
  });

  it('carries the archive', async () => {
    entries = LARGE;
    const response = await fetch(origin);
    const body = Buffer.from(await response.arrayBuffer());
    expect(await outcome).toMatchObject({ metrics: { filesIncluded: 8, totalSizeBytes: body.length } });
  });

  it('that middleware wraps, as `compression` does, carries the archive: its `write` calls nobody back', async () => {
    entries = LARGE;
    const wrapped = createServer((_request, response) => {
      const write = response.write;
      response.write = (chunk: Buffer) => Reflect.apply(write, response, [chunk]);
      outcome = createZip({ entries, destination: response, stallTimeoutMillis: 60_000 }).catch((e: unknown) => e);
    });
    await new Promise<void>((resolve) => wrapped.listen(0, '127.0.0.1', resolve));
    const response = await fetch(`http://127.0.0.1:${(wrapped.address() as AddressInfo).port}`);
    const body = Buffer.from(await response.arrayBuffer());
    expect(await outcome).toMatchObject({ metrics: { filesIncluded: 8, totalSizeBytes: body.length } });
    wrapped.closeAllConnections();
    wrapped.close();
  });

  it('whose client leaves while bytes flow ends the downloads', async () => {
    let started = 0;
    entries = Array.from({ length: 200 }, (_, i) => ({
      name: `${i}.pdf`,
      source: () => {
        started += 1;
        return randomBytes(1_000_000);
      },
    }));
    await new Promise<void>((resolve) => {
      const request = get(origin, (response) => response.once('data', () => request.destroy()));
      request.on('close', resolve).on('error', () => undefined);
    });
    expect(await outcome).toMatchObject({ name: 'ZipError', reason: 'destination-failed' });
    expect(started).toBeLessThan(200);
  });

  it('whose client leaves while downloads are awaited ends them at once', async () => {
    entries = [{ name: 'silent', source: `${server.origin}/silent/x` }];
    const request = get(origin).on('error', () => undefined);
    await expect.poll(() => server.requests.get('/silent/x')).toBe(1);
    request.destroy();
    await expect.poll(() => outcome).toMatchObject({ reason: 'destination-failed' });
  });

  it('of an archive that fails is cut, so that the client does not take it for whole', async () => {
    entries = [
      ...LARGE,
      {
        name: 'gone',
        source: async () => {
          throw new Error('gone');
        },
      },
    ];
    const host500 = createServer((_request, response) => {
      outcome = createZip({ entries, destination: response, onMissing: 'fail', retries: 0, concurrency: 1 }).catch(
        (e: unknown) => e,
      );
    });
    await new Promise<void>((resolve) => host500.listen(0, '127.0.0.1', resolve));
    const response = await fetch(`http://127.0.0.1:${(host500.address() as AddressInfo).port}`);
    await expect(response.arrayBuffer()).rejects.toThrow();
    expect(await outcome).toMatchObject({ entry: 'gone' });
    host500.closeAllConnections();
    host500.close();
  });
});
