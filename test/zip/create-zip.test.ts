import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/base/errors.ts';
import { createZip } from '../../src/zip/create-zip.ts';
import type { CreateZipOptions, ZipEntry } from '../../src/zip/zip-options.ts';
import { cases } from '../support/property-seed.ts';
import { useFolder } from '../support/zip-folder.ts';
import { documentOf, startZipServer, type ZipServer } from '../support/zip-server.ts';
import { readArchive, verifyArchive } from '../support/zip-verify.ts';

const folder = useFolder();
let server: ZipServer;
beforeAll(async () => {
  server = await startZipServer();
});
afterAll(() => server.close());

describe('createZip', () => {
  it('takes content from every kind of source', async () => {
    const path = folder.path('source.txt');
    await writeFile(path, 'from a file');
    const entries: ZipEntry[] = [
      { name: 'http.txt', source: `${server.origin}/ok/http` },
      { name: 'url.txt', source: new URL(`${server.origin}/ok/url`) },
      { name: 'moved.txt', source: `${server.origin}/moved/here` },
      { name: 'gzip.txt', source: `${server.origin}/gzip/packed` },
      { name: 'nothing.txt', source: `${server.origin}/empty/x` },
      { name: 'path.txt', source: path },
      { name: 'file-url.txt', source: pathToFileURL(path) },
      { name: 'file-url-text.txt', source: pathToFileURL(path).href },
      { name: 'buffer.txt', source: Buffer.from('from a buffer') },
      { name: 'bytes.txt', source: new Uint8Array([65, 66, 67]) },
      { name: 'no-bytes.txt', source: Buffer.alloc(0) },
      { name: 'stream.txt', source: createReadStream(path) },
      { name: 'text-stream.txt', source: Readable.from(['from ', 'text']) },
      { name: 'web-stream.txt', source: new Blob(['from the web']).stream() },
      { name: 'response.txt', source: await fetch(`${server.origin}/ok/response`) },
      { name: 'function.txt', source: async () => Buffer.from('from a function') },
      { name: 'function-url.txt', source: () => `${server.origin}/ok/called` },
      { name: 'function-fetch.txt', source: ({ signal }) => fetch(`${server.origin}/ok/fetched`, { signal }) },
    ];
    const destination = folder.path('kinds.zip');
    const result = await createZip({ entries, destination, id: 'kinds' });
    const contents = await verifyArchive(destination);
    expect(result.missing).toEqual([]);
    expect(Object.fromEntries([...contents].map(([name, bytes]) => [name, String(bytes)]))).toEqual({
      'http.txt': String(documentOf('http')),
      'url.txt': String(documentOf('url')),
      'moved.txt': String(documentOf('here')),
      'gzip.txt': String(documentOf('packed')),
      'nothing.txt': '',
      'path.txt': 'from a file',
      'file-url.txt': 'from a file',
      'file-url-text.txt': 'from a file',
      'buffer.txt': 'from a buffer',
      'bytes.txt': 'ABC',
      'no-bytes.txt': '',
      'stream.txt': 'from a file',
      'text-stream.txt': 'from text',
      'web-stream.txt': 'from the web',
      'response.txt': String(documentOf('response')),
      'function.txt': 'from a function',
      'function-url.txt': String(documentOf('called')),
      'function-fetch.txt': String(documentOf('fetched')),
    });
    expect([...contents.keys()]).toEqual(entries.map(({ name }) => name));
    expect(result).toMatchObject({ id: 'kinds', location: destination, url: pathToFileURL(destination).href });
  });

  it('reports figures that are true', async () => {
    const destination = folder.path('figures.zip');
    const entries = Array.from({ length: 20 }, (_, i) => ({
      name: `${i}.txt`,
      source: `${server.origin}/ok/figure${i}`,
    }));
    entries.push({ name: 'gone.txt', source: `${server.origin}/missing/x` });
    const { metrics } = await createZip({ entries, destination, concurrency: 4 });
    expect(metrics).toMatchObject({ filesIncluded: 20, filesMissing: 1, maxWorkersUsed: 4 });
    expect(metrics.totalSizeBytes).toBe((await stat(destination)).size);
    expect(metrics.parallelDownloadTimeMillis).toBeLessThanOrEqual(metrics.generationTimeMillis);
    expect(Object.values(metrics).every(Number.isInteger)).toBe(true);
    expect(server.maxOpen()).toBeLessThanOrEqual(4);
  });

  it('keeps contents of any size and kind, at any level, byte for byte', async () => {
    const size = fc.constantFrom(0, 1, 1_000, 65_536, 300_000, 2_097_152, 2_097_153, 5_000_000);
    const entry = fc.record({ size, isRandom: fc.boolean(), extension: fc.constantFrom('pdf', 'txt') });
    const shape = fc.record({
      entries: fc.array(entry, { minLength: 1, maxLength: 6 }),
      level: fc.integer({ min: 0, max: 9 }),
      order: fc.constantFrom('given' as const, 'arrival' as const),
    });
    await fc.assert(
      fc.asyncProperty(shape, async ({ entries, level, order }) => {
        const contents = entries.map(({ size: bytes, isRandom }) =>
          isRandom ? randomBytes(bytes) : Buffer.alloc(bytes, 'abc '),
        );
        const destination = folder.path('any.zip');
        await createZip({
          entries: contents.map((bytes, i) => ({
            name: `${i}.${entries[i]?.extension}`,
            source: Readable.from([bytes]),
          })),
          destination,
          level,
          order,
        });
        const read = await readArchive(destination);
        expect(read.size).toBe(contents.length);
        for (const [i, bytes] of contents.entries()) {
          expect(read.get(`${i}.${entries[i]?.extension}`)?.equals(bytes)).toBe(true);
        }
      }),
      { numRuns: cases(15) },
    );
  });

  it('stores what is compressed already and deflates the rest', async () => {
    const text = Buffer.alloc(100_000, 'the same words again ');
    const destination = folder.path('level.zip');
    const pdf = await createZip({ entries: [{ name: 'a.pdf', source: text }], destination });
    const txt = await createZip({ entries: [{ name: 'a.txt', source: text }], destination });
    const raw = await createZip({ entries: [{ name: 'a.txt', source: text }], destination, level: 0 });
    expect(pdf.metrics.totalSizeBytes).toBeGreaterThan(100_000);
    expect(txt.metrics.totalSizeBytes).toBeLessThan(5_000);
    expect(raw.metrics.totalSizeBytes).toBe(pdf.metrics.totalSizeBytes);
  });

  it('takes entries from a generator and pulls them as there is room', async () => {
    let pulled = 0;
    async function* generate(): AsyncGenerator<ZipEntry> {
      for (; pulled < 100; pulled += 1) yield { name: `${pulled}.txt`, source: () => Buffer.from(`${pulled}`) };
    }
    let mostAhead = 0;
    const { metrics } = await createZip({
      entries: generate(),
      destination: folder.path('generated.zip'),
      concurrency: 2,
      onProgress: ({ filesIncluded, filesTotal }) => {
        mostAhead = Math.max(mostAhead, pulled - filesIncluded);
        expect(filesTotal).toBeUndefined();
      },
    });
    expect(metrics.filesIncluded).toBe(100);
    expect(mostAhead).toBeLessThanOrEqual(9);
  });

  it('writes to a stream and ends it', async () => {
    const destination = new PassThrough();
    const entries = [{ name: 'a.txt', source: Buffer.from('through a stream') }];
    const [bytes, result] = await Promise.all([buffer(destination), createZip({ entries, destination })]);
    expect(bytes.length).toBe(result.metrics.totalSizeBytes);
    await writeFile(folder.path('streamed.zip'), bytes);
    expect(await verifyArchive(folder.path('streamed.zip'))).toEqual(
      new Map([['a.txt', Buffer.from('through a stream')]]),
    );
    expect(result).toMatchObject({ location: undefined, url: undefined });
  });

  it('makes bad names safe or says why it does not', async () => {
    const names = [
      'a.pdf',
      'a.pdf',
      'A.pdf',
      'a/../../x',
      '..\\x',
      'C:\\x',
      '/abs',
      '',
      'n\0ul',
      'CON.pdf',
      'folder/',
      'é🧾.txt',
    ];
    const entries = [...names, `${'l'.repeat(70_000)}.txt`].map((name) => ({
      name,
      source: Buffer.from(name.slice(0, 9)),
    }));
    const destination = folder.path('names.zip');
    const { missing } = await createZip({ entries, destination });
    const contents = await verifyArchive(destination);
    expect([...contents.keys()]).toEqual([
      'a.pdf',
      'a (2).pdf',
      'A (3).pdf',
      'CON_.pdf',
      'folder',
      'é🧾.txt',
      `${'l'.repeat(239)}.txt`,
    ]);
    expect(missing.map(({ name, reason, attempts }) => [name, reason, attempts])).toEqual(
      ['a/../../x', '..\\x', 'C:\\x', '/abs', '', 'n\0ul'].map((name) => [name, 'unsafe-name', 0]),
    );
  });

  it('goes on where the progress callback throws', async () => {
    const onProgress = (): never => {
      throw new Error('a bug of the host');
    };
    const destination = folder.path('progress.zip');
    const { metrics } = await createZip({
      entries: [{ name: 'a', source: Buffer.from('a') }],
      destination,
      onProgress,
    });
    expect(metrics.filesIncluded).toBe(1);
  });

  it('makes many archives at the same time without mixing their figures', async () => {
    const results = await Promise.all(
      Array.from({ length: 50 }, async (_, zip) => {
        const entries = Array.from({ length: zip + 1 }, (_unused, i) => ({
          name: `${i}.txt`,
          source: i % 10 === 9 ? `${server.origin}/missing/x` : `${server.origin}/ok/${zip}-${i}`,
        }));
        const destination = folder.path(`many-${zip}.zip`);
        return { zip, destination, result: await createZip({ entries, destination, concurrency: 3 }) };
      }),
    );
    for (const { zip, destination, result } of results) {
      const filesMissing = Math.floor((zip + 1) / 10);
      expect(result.metrics).toMatchObject({ filesMissing, filesIncluded: zip + 1 - filesMissing });
      expect(result.metrics.totalSizeBytes).toBe((await stat(destination)).size);
      const contents = await readArchive(destination);
      expect(contents.get('0.txt')).toEqual(documentOf(`${zip}-0`));
    }
  });

  it.each<[string, Partial<CreateZipOptions>, RegExp]>([
    ['entries', JSON.parse('{"entries":null}'), /entries is object; allowed: an array or a generator/],
    ['concurrency', { concurrency: 0 }, /concurrency is 0; allowed: whole numbers from 1 to 256/],
    ['level', { level: 1.5 }, /level is 1.5/],
    ['retries', { retries: Number.NaN }, /retries is NaN/],
    ['timeoutMillis', { timeoutMillis: Number.POSITIVE_INFINITY }, /timeoutMillis is Infinity/],
    ['destination', { destination: '' }, /destination is missing; allowed: a path/],
    ['scheme', { destination: 's3://bucket/a.zip' }, /destination is "s3:\/\/bucket\/a.zip"/],
    ['signedUrl', { signedUrl: {} }, /signedUrl needs a gs:\/\/ destination/],
    ['expiry', { destination: 'gs://b/a.zip', signedUrl: { expiresInSeconds: 604_801 } }, /604801; allowed.*7 days/],
  ])('refuses a wrong %s before it does anything', async (_option, options, message) => {
    const wrong = createZip({ entries: [], destination: folder.path('never.zip'), ...options });
    await expect(wrong).rejects.toThrow(message);
    await expect(wrong).rejects.toBeInstanceOf(ConfigurationError);
  });

  it('leaves nothing beside the archive', async () => {
    await mkdir(folder.path('clean'));
    const destination = folder.path('clean', 'a.zip');
    const temporaryFolder = folder.path('clean');
    const entries = [{ name: 'large.bin', source: Readable.from([randomBytes(3_000_000), randomBytes(3_000_000)]) }];
    await createZip({ entries, destination, temporaryFolder });
    expect(await readdir(folder.path('clean'))).toEqual(['a.zip']);
  });
});
