import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { IdempotencyStrategy, Storage } from '@google-cloud/storage';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cloudStorage } from '../../src/zip/cloud-storage.ts';
import { renderContentDisposition } from '../../src/zip/content-disposition.ts';
import { createZip } from '../../src/zip/create-zip.ts';
import type { RemoteStore } from '../../src/zip/remote-store.ts';
import type { ZipResult } from '../../src/zip/zip-result.ts';
import { type LoopbackGcs, startLoopbackGcs } from '../support/loopback-gcs.ts';
import { useFolder } from '../support/zip-folder.ts';
import { verifyArchive } from '../support/zip-verify.ts';

const folder = useFolder();
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
let gcs: LoopbackGcs;
let remoteStore: RemoteStore;

beforeAll(async () => {
  gcs = await startLoopbackGcs();
  const storage = new Storage({
    apiEndpoint: gcs.origin,
    projectId: 'test',
    credentials: { client_email: 'zip@test.example', private_key: privateKey },
    retryOptions: { idempotencyStrategy: IdempotencyStrategy.RetryAlways, maxRetryDelay: 1 },
  });
  remoteStore = cloudStorage({ storage });
});
afterAll(() => gcs.close());
beforeEach(() => {
  gcs.faults.length = 0;
  gcs.requests.length = 0;
  gcs.objects.clear();
});

async function bundle(sizes: readonly number[]): Promise<{ contents: Buffer[]; result: ZipResult }> {
  const contents = sizes.map((size) => randomBytes(size));
  for (const [i, bytes] of contents.entries()) gcs.objects.set(`invoices/2024/ä ${i}.pdf`, bytes);
  const entries = contents.map((_, i) => ({ name: `${i}.pdf`, source: `gs://invoices/2024/ä ${i}.pdf` }));
  const result = await createZip({ entries, destination: 'gs://bundles/a b.zip', remoteStore });
  return { contents, result };
}

async function expectWhole(contents: readonly Buffer[]): Promise<void> {
  const archive = gcs.objects.get('bundles/a b.zip') ?? Buffer.alloc(0);
  await writeFile(folder.path('uploaded.zip'), archive);
  const read = await verifyArchive(folder.path('uploaded.zip'));
  expect([...read.keys()]).toEqual(contents.map((_, i) => `${i}.pdf`));
  for (const [i, bytes] of contents.entries()) expect(read.get(`${i}.pdf`)?.equals(bytes)).toBe(true);
  expect(gcs.openSessions()).toBe(0);
}

describe('gs://', () => {
  it('is read and written', async () => {
    const { contents, result } = await bundle([0, 1, 100_000, 3_000_000]);
    await expectWhole(contents);
    expect(result).toMatchObject({ location: 'gs://bundles/a b.zip', url: undefined, missing: [] });
    expect(result.metrics.totalSizeBytes).toBe(gcs.objects.get('bundles/a b.zip')?.length);
  });

  it('is written in parts where the archive is large', async () => {
    const { contents } = await bundle([9_000_000, 9_000_000, 9_000_000]);
    await expectWhole(contents);
    expect(gcs.requests.filter((request) => request === 'PUT part')).toHaveLength(4);
  });

  it.each([
    ['503', { kind: 'download-status', status: 503 }],
    ['429', { kind: 'download-status', status: 429 }],
    ['a body that breaks off', { kind: 'download-cut' }],
    ['bytes that are not the stored ones', { kind: 'download-corrupt' }],
  ] as const)('is read again after %s', async (_case, fault) => {
    gcs.faults.push(fault);
    const { contents, result } = await bundle([50_000, 50_000]);
    expect(result.missing).toEqual([]);
    await expectWhole(contents);
    expect(gcs.requests.filter((request) => request === 'GET object')).toHaveLength(3);
  });

  it.each([
    [404, 'not-found'],
    [403, 'forbidden'],
  ])('lists what is answered with %i as missing', async (status, reason) => {
    gcs.faults.push({ kind: 'download-status', status });
    const { result } = await bundle([10, 10]);
    expect(result.missing).toMatchObject([
      { name: '0.pdf', source: 'gs://invoices/2024/ä 0.pdf', reason, attempts: 1 },
    ]);
  });

  it.each([
    ['its start fails', { kind: 'start-status', status: 503 }],
    ['a part fails', { kind: 'part-status', status: 503 }],
    ['a part breaks off', { kind: 'part-reset' }],
  ] as const)('is written whole where %s', async (_case, fault) => {
    gcs.faults.push(fault);
    const { contents } = await bundle([9_000_000, 3_000_000]);
    await expectWhole(contents);
  });

  it('has no object and no open session where the service refuses a part', async () => {
    gcs.faults.push({ kind: 'part-status', status: 403 });
    const failed = bundle([9_000_000]);
    await expect(failed).rejects.toMatchObject({ name: 'ZipError', reason: 'destination-failed' });
    expect(gcs.objects.has('bundles/a b.zip')).toBe(false);
    expect(gcs.openSessions()).toBe(0);
  });

  it('has no object where an entry fails after parts were uploaded', async () => {
    const source = async () => {
      while (!gcs.requests.includes('PUT part')) await new Promise((resolve) => setTimeout(resolve, 5));
      throw new Error('gone');
    };
    const failed = createZip({
      entries: [
        { name: 'large.pdf', source: randomBytes(10_000_000) },
        { name: 'gone.pdf', source },
      ],
      destination: 'gs://bundles/a.zip',
      onMissing: 'fail',
      retries: 0,
      remoteStore,
    });
    await expect(failed).rejects.toMatchObject({ reason: 'source-failed', entry: 'gone.pdf' });
    expect(gcs.objects.size).toBe(0);
    expect(gcs.openSessions()).toBe(0);
    expect(gcs.requests).toContain('DELETE session');
  });

  it('gives up an upload that is not answered, when the host aborts', async () => {
    gcs.faults.push({ kind: 'part-silent' });
    const controller = new AbortController();
    const waiting = createZip({
      entries: [{ name: 'a.pdf', source: randomBytes(1_000) }],
      destination: 'gs://bundles/a.zip',
      signal: controller.signal,
      remoteStore,
    });
    const abortSoon = async () => {
      while (!gcs.requests.includes('PUT part')) await new Promise((resolve) => setTimeout(resolve, 5));
      controller.abort();
    };
    await Promise.all([expect(waiting).rejects.toMatchObject({ reason: 'aborted' }), abortSoon()]);
    expect(gcs.objects.size).toBe(0);
    expect(gcs.openSessions()).toBe(0);
  });

  it('signs a URL that names the file for people', async () => {
    const { url } = await createZip({
      entries: [{ name: 'a.txt', source: Buffer.from('a') }],
      destination: 'gs://bundles/x/a.zip',
      signedUrl: { expiresInSeconds: 604_800, fileName: 'Rechnungen "März".zip' },
      remoteStore,
    });
    const { pathname, searchParams } = new URL(url ?? '');
    expect(pathname).toBe('/bundles/x/a.zip');
    expect(searchParams.get('X-Goog-Expires')).toBe('604800');
    expect(searchParams.get('response-content-disposition')).toBe(
      `attachment; filename="Rechnungen _M_rz_.zip"; filename*=UTF-8''Rechnungen%20%22M%C3%A4rz%22.zip`,
    );
  });

  it('uploads nothing where no URL can be signed', async () => {
    const unable: RemoteStore = { ...remoteStore, sign: () => Promise.reject(new Error('no key to sign with')) };
    const failed = createZip({
      entries: [{ name: 'a.txt', source: () => new Promise(() => undefined) }],
      destination: 'gs://bundles/a.zip',
      signedUrl: {},
      remoteStore: unable,
    });
    await expect(failed).rejects.toMatchObject({ reason: 'signing-failed' });
    await expect(failed).rejects.toThrow(/no key to sign with/);
    expect(gcs.objects.size).toBe(0);
  });
});

it.each([
  ['plain.zip', `attachment; filename="plain.zip"; filename*=UTF-8''plain.zip`],
  ['a\r\nb".zip', `attachment; filename="a__b_.zip"; filename*=UTF-8''a%0D%0Ab%22.zip`],
  [`o'clock (1).zip`, `attachment; filename="o'clock (1).zip"; filename*=UTF-8''o%27clock%20%281%29.zip`],
])('renderContentDisposition(%j)', (name, header) => {
  expect(renderContentDisposition(name)).toBe(header);
});
