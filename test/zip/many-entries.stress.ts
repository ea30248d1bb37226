import { expect, it } from 'vitest';
import { createZip } from '../../src/zip/create-zip.ts';
import { useFolder } from '../support/zip-folder.ts';
import { verifyArchive } from '../support/zip-verify.ts';
import { expectWholeArchiveOf } from './expect-whole-archive.ts';

const folder = useFolder();

it('an archive of 70,000 entries is whole, with ZIP64', async () => {
  await expectWholeArchiveOf(70_000, folder.path('many.zip'));
});

it('a directory too large for memory goes through a temporary file', async () => {
  const destination = folder.path('long-names.zip');
  const entries = Array.from({ length: 25_000 }, (_, i) => ({
    name: `${i}-${'long '.repeat(40)}.pdf`,
    source: Buffer.from('x'),
  }));
  const { metrics } = await createZip({ entries, destination });
  expect(metrics.filesIncluded).toBe(25_000);
  expect((await verifyArchive(destination)).size).toBe(25_000);
});
