import { expect } from 'vitest';
import { createZip } from '../../src/zip/create-zip.ts';
import type { ZipEntry } from '../../src/zip/zip-options.ts';
import { verifyArchive } from '../support/zip-verify.ts';

function* generate(count: number): Generator<ZipEntry> {
  for (let i = 0; i < count; i += 1) yield { name: `folder ${i % 10}/${i}.pdf`, source: Buffer.from(`document ${i}`) };
}

/** Makes an archive of so many small entries, and reads it back. */
export async function expectWholeArchiveOf(count: number, destination: string): Promise<void> {
  const { metrics } = await createZip({ entries: generate(count), destination });
  expect(metrics.filesIncluded).toBe(count);
  const contents = await verifyArchive(destination);
  expect(contents.size).toBe(count);
  const last = count - 1;
  expect(String(contents.get(`folder ${last % 10}/${last}.pdf`))).toBe(`document ${last}`);
}
