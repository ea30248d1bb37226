import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { expect, inject, it } from 'vitest';
import { createZip } from '../../src/zip/create-zip.ts';
import { FULL } from '../support/stress-options.ts';
import { useFolder } from '../support/zip-folder.ts';
import { eachEntry, testArchive, verifyArchive } from '../support/zip-verify.ts';

const folder = useFolder();
const { hugeEntries } = inject('stress') ?? FULL;
const GIB = 1024 ** 3;
const BLOCK = Buffer.alloc(1024 * 1024, '0123456789abcdef');

it.runIf(hugeEntries)('entries above 4 GiB, deflated and stored, from a file and a stream, are whole', async () => {
  const file = folder.path('huge.bin');
  const handle = await open(file, 'w');
  await handle.truncate(5 * GIB);
  await handle.write(Buffer.from('the end'), 0, 7, 5 * GIB - 7);
  await handle.close();
  function* generate(): Generator<Buffer> {
    for (let i = 0; i < 4_200; i += 1) yield BLOCK;
  }
  const destination = folder.path('huge.zip');
  const { metrics } = await createZip({
    entries: [
      { name: 'first.txt', source: Buffer.from('first') },
      { name: 'deflated.bin', source: file },
      { name: 'stored.pdf', source: Readable.from(generate()) },
      { name: 'last.txt', source: Buffer.from('last') },
    ],
    destination,
    temporaryFolder: folder.path(''),
  });
  expect(metrics.filesIncluded).toBe(4);
  await testArchive(destination);
  const sizes: Record<string, number> = {};
  await eachEntry(destination, async (entry, chunks) => {
    let size = 0;
    for await (const chunk of chunks) size += chunk.length;
    sizes[entry.fileName] = size;
  });
  expect(sizes).toEqual({ 'first.txt': 5, 'deflated.bin': 5 * GIB, 'stored.pdf': 4_200 * BLOCK.length, 'last.txt': 4 });
});

it.runIf(hugeEntries).each([65_534, 65_535, 65_536])('an archive of %i entries is whole', async (count) => {
  const destination = folder.path(`${count}.zip`);
  const entries = Array.from({ length: count }, (_, i) => ({ name: `${i}.pdf`, source: Buffer.from(`document ${i}`) }));
  await createZip({ entries, destination });
  expect((await verifyArchive(destination)).size).toBe(count);
});
