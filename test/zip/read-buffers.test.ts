import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { createZip } from '../../src/zip/create-zip.ts';
import { ReadBuffers } from '../../src/zip/read-buffers.ts';
import { useFolder } from '../support/zip-folder.ts';
import { verifyArchive } from '../support/zip-verify.ts';

const folder = useFolder();

it('lends a buffer again once its very chunk came back, and no sooner', () => {
  const buffers = new ReadBuffers();
  const first = buffers.lend(100);
  buffers.giveBack(first.subarray(0, 50));
  buffers.giveBack(Buffer.from(first));
  expect(buffers.lend(100).buffer).not.toBe(first.buffer);
  buffers.giveBack(first);
  expect(buffers.lend(200).buffer).toBe(first.buffer);
  buffers.giveBack(first);
  expect(buffers.lend(200).buffer).not.toBe(first.buffer);
});

it('keeps contents that go through files apart, stored or deflated, byte for byte', async () => {
  const contents = new Map(
    ['a.pdf', 'b.txt', 'c.pdf', 'd.pdf', 'e.txt', 'f.pdf'].map((name, i) => [
      name,
      Buffer.concat([
        Buffer.from(name.endsWith('.pdf') ? '%PDF-1.7\n' : 'text\n'),
        randomBytes(4_000_000 + i * 77_777),
      ]),
    ]),
  );
  const destination = folder.path('large.zip');
  const entries = [...contents].map(([name, bytes]) => ({
    name,
    source: Readable.from([bytes], { objectMode: false }),
  }));
  await createZip({ entries, destination });
  const archived = await verifyArchive(destination);
  expect([...archived.keys()]).toEqual([...contents.keys()]);
  for (const [name, bytes] of contents) expect(archived.get(name)?.equals(bytes), name).toBe(true);
});
