import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { createZip } from '../../src/zip/create-zip.ts';
import type { ZipEntry } from '../../src/zip/zip-options.ts';
import { useFolder } from '../support/zip-folder.ts';
import { verifyArchive } from '../support/zip-verify.ts';

const folder = useFolder();

function* generate(count: number): Generator<ZipEntry> {
  for (let i = 0; i < count; i += 1) yield { name: `folder ${i % 10}/${i}.pdf`, source: Buffer.from(`document ${i}`) };
}

it.each([1, 128, 129, 70_000])(
  'an archive of %i entries is whole, with ZIP64 where it needs that',
  async (count) => {
    const destination = folder.path(`${count}.zip`);
    const { metrics } = await createZip({ entries: generate(count), destination });
    expect(metrics.filesIncluded).toBe(count);
    const contents = await verifyArchive(destination);
    expect(contents.size).toBe(count);
    const last = count - 1;
    expect(String(contents.get(`folder ${last % 10}/${last}.pdf`))).toBe(`document ${last}`);
  },
  120_000,
);

it('a directory too large for memory goes through a temporary file', async () => {
  const destination = folder.path('long-names.zip');
  const entries = Array.from({ length: 25_000 }, (_, i) => ({
    name: `${i}-${'long '.repeat(40)}.pdf`,
    source: Buffer.from('x'),
  }));
  const { metrics } = await createZip({ entries, destination });
  expect(metrics.filesIncluded).toBe(25_000);
  expect((await verifyArchive(destination)).size).toBe(25_000);
}, 120_000);

it('an entry larger than memory’s share goes through a temporary file, byte for byte', async () => {
  const block = Buffer.alloc(1_000_000, 'a block of text ');
  const destination = folder.path('large.zip');
  const entries = ['a.txt', 'b.pdf'].map((name) => ({
    name,
    source: () => Readable.from(Array.from({ length: 30 }, () => block)),
  }));
  await createZip({ entries, destination });
  const contents = await verifyArchive(destination);
  for (const bytes of contents.values()) {
    expect(bytes.length).toBe(30_000_000);
    expect(bytes.subarray(-1_000_000).equals(block)).toBe(true);
  }
});
