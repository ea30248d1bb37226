import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MemoryBudget } from '../../src/zip/memory-budget.ts';
import { ReadBuffers } from '../../src/zip/read-buffers.ts';
import { SpillBuffer } from '../../src/zip/spill-buffer.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spill-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('gives back the bytes it took, gives back its memory, and leaves no file', async () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 30 });
  const limits = fc.record({
    limitBytes: fc.integer({ max: 4_000, min: 0 }),
    totalBytes: fc.integer({ max: 100_000, min: 0 }),
  });
  await fc.assert(
    fc.asyncProperty(chunks, limits, fc.option(fc.nat(9_000)), async (given, { limitBytes, totalBytes }, expected) => {
      const budget = new MemoryBudget(totalBytes);
      const buffer = new SpillBuffer({
        budget,
        limitBytes,
        temporaryFolder: folder,
        expectedBytes: expected ?? undefined,
      });
      for (const chunk of given) await buffer.append(chunk);
      const whole = Buffer.concat(given);
      const content = buffer.finish();
      const read: Buffer[] = [];
      for await (const chunk of content.chunks(new ReadBuffers())) read.push(chunk);
      expect(Buffer.concat(read).equals(whole)).toBe(true);
      expect(content.sizeBytes).toBe(whole.length);
      expect(Buffer.from(content.head).equals(whole.subarray(0, 1_024))).toBe(true);
      expect(content.bytes === undefined || whole.length <= limitBytes).toBe(true);
      await content.release();
      expect(budget.take(totalBytes)).toBe(true);
      expect(await readdir(folder)).toEqual([]);
    }),
  );
});

it('gives its memory back when it is discarded', async () => {
  const budget = new MemoryBudget(100_000);
  const buffer = new SpillBuffer({ budget, limitBytes: 100_000, temporaryFolder: folder });
  await buffer.append(Buffer.alloc(50_000));
  await buffer.discard();
  expect(budget.take(100_000)).toBe(true);
});
