import { describe, expect, it } from 'vitest';
import { parseSegmentDirectory, renderEnd, renderRecord } from '../../src/zip/central-directory.ts';

const GIB = 1024 ** 3;

function recordOf(sizeBytes: number, offset: number) {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  const name = Buffer.from('a.pdf');
  header.writeUInt16LE(name.length, 28);
  return { header, name, sizeBytes, compressedBytes: sizeBytes, offset };
}

function parseOne(rendered: Buffer) {
  const end = renderEnd(1, rendered.length, 100);
  return parseSegmentDirectory(Buffer.concat([rendered, end]));
}

describe('renderRecord', () => {
  it.each([
    ['plain', 1_000, 0, 0, 0],
    ['a segment behind 4 GiB', 1_000, 50, 5 * GIB, 12],
    ['an offset of exactly 2^32 − 1', 1_000, 0, 2 ** 32 - 1, 12],
    ['an entry of exactly 2^32 − 1 bytes', 2 ** 32 - 1, 0, 0, 20],
    ['an entry above 4 GiB behind 4 GiB', 5 * GIB, 7, 6 * GIB, 28],
  ])('places %s', (_case, sizeBytes, offset, baseOffset, extraBytes) => {
    const rendered = renderRecord(recordOf(sizeBytes, offset), baseOffset);
    expect(rendered.readUInt16LE(30)).toBe(extraBytes);
    if (extraBytes === 0) expect(rendered.readUInt32LE(42)).toBe(baseOffset + offset);
    else
      expect(Number(rendered.readBigUInt64LE(rendered.length - (extraBytes === 20 ? 16 : 8)))).toBeGreaterThan(
        2 ** 32 - 2,
      );
  });
});

describe('parseSegmentDirectory', () => {
  it('reads what was rendered', () => {
    const { offset, records } = parseOne(renderRecord(recordOf(1_234, 56), 0));
    expect(offset).toBe(100);
    expect(records).toMatchObject([{ sizeBytes: 1_234, compressedBytes: 1_234, offset: 56 }]);
  });

  it('reads sizes and offsets above 4 GiB', () => {
    const record = renderRecord(recordOf(5 * GIB, 6 * GIB), 0);
    const end = renderEnd(1, record.length, 11 * GIB);
    const { offset, records } = parseSegmentDirectory(Buffer.concat([record, end]));
    expect(offset).toBe(11 * GIB);
    expect(records).toMatchObject([{ sizeBytes: 5 * GIB, compressedBytes: 5 * GIB, offset: 6 * GIB }]);
  });

  it.each([
    ['nothing', Buffer.alloc(0), /no end record/],
    ['other bytes', Buffer.alloc(100), /no end record/],
    ['a count that is wrong', renderEnd(2, 0, 0), /0 of 2 entries/],
    ['a broken record', Buffer.concat([Buffer.alloc(46), renderEnd(1, 46, 0)]), /broken directory record/],
  ])('refuses %s', (_case, tail, message) => {
    expect(() => parseSegmentDirectory(tail)).toThrow(message);
  });
});

describe('renderEnd', () => {
  it.each([
    [65_534, 22],
    [65_535, 98],
    [70_000, 98],
  ])('closes %i entries with %i bytes', (count, bytes) => {
    expect(renderEnd(count, 1_000, 1_000)).toHaveLength(bytes);
  });
});
