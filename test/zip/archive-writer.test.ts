import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { ArchiveWriter } from '../../src/zip/archive-writer.ts';
import { MemoryBudget } from '../../src/zip/memory-budget.ts';
import { openFile } from '../../src/zip/open-file.ts';
import { useFolder } from '../support/zip-folder.ts';
import { readArchive } from '../support/zip-verify.ts';

const folder = useFolder();
const SIZE = 20_000_000;

/** Writes a file of 20 MB, stored. @returns what `write` was called with, and the bytes as they were at that time */
async function archive(keepsChunks: boolean): Promise<{ chunks: Buffer[]; bytes: Buffer }> {
  const path = folder.path('content.bin');
  const content = randomBytes(SIZE);
  await writeFile(path, content);
  const chunks: Buffer[] = [];
  const copies: Buffer[] = [];
  const writer = new ArchiveWriter({
    keepsChunks,
    level: 1,
    temporaryFolder: folder.path(),
    write: async (chunk) => {
      chunks.push(chunk);
      copies.push(Buffer.from(chunk));
    },
  });
  const budget = new MemoryBudget(0);
  const opened = await openFile(path, { budget, limitBytes: 0, maxEntryBytes: SIZE });
  await writer.append(opened, { path: 'content.bin', isStored: true, modified: new Date(0) });
  await opened.release();
  await writer.finish();
  await writer.destroy();
  const zip = folder.path('written.zip');
  await writeFile(zip, Buffer.concat(copies));
  const archived = await readArchive(zip);
  expect(archived.get('content.bin')?.equals(content)).toBe(true);
  return { chunks, bytes: Buffer.concat(copies) };
}

const large = (chunks: readonly Buffer[]): Buffer[] => chunks.filter(({ length }) => length > 100_000);

it('reads a file through a few buffers where the destination is done with what was written', async () => {
  const { chunks } = await archive(false);
  expect(large(chunks).length).toBeGreaterThan(70);
  expect(new Set(large(chunks).map(({ buffer }) => buffer)).size).toBeLessThan(20);
});

it('changes no chunk that the destination may still look at', async () => {
  const { chunks, bytes } = await archive(true);
  expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  expect(new Set(large(chunks).map(({ buffer }) => buffer)).size).toBe(large(chunks).length);
});
