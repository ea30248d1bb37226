import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { createZip } from '../../src/zip/create-zip.ts';
import { useFolder } from '../support/zip-folder.ts';
import { verifyArchive } from '../support/zip-verify.ts';
import { expectWholeArchiveOf } from './expect-whole-archive.ts';

const folder = useFolder();

it.each([1, 128, 129])('an archive of %i entries is whole', async (count) => {
  await expectWholeArchiveOf(count, folder.path(`${count}.zip`));
});

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
