/**
 * The central directory of a ZIP file: what archiver wrote for one segment, read back and placed in the whole.
 * Pure; layouts from PKWARE's APPNOTE 6.3.10, sections 4.3.12 to 4.3.16 and 4.5.3.
 */
const END_BYTES = 22;
const ZIP64_LOCATOR_BYTES = 20;
const ZIP64_END_BYTES = 56;
const RECORD_BYTES = 46;
const ZIP64_EXTRA_ID = 1;
const ZIP64_VERSION = 45;
/** In a field of 16 or 32 bits: the value is in the ZIP64 structure. */
const MAX_16 = 0xffff;
const MAX_32 = 0xffffffff;

export interface SegmentDirectory {
  /** Where the records begin, counted from the segment's first byte. */
  readonly offset: number;
  readonly records: readonly DirectoryRecord[];
}

export interface DirectoryRecord {
  readonly header: Buffer;
  readonly name: Buffer;
  readonly sizeBytes: number;
  readonly compressedBytes: number;
  /** Of the entry's local header, counted from the segment's first byte. */
  readonly offset: number;
}

/** @param tail the end of a segment: at least its central directory. Throws where it is not one that archiver writes. */
export function parseSegmentDirectory(tail: Buffer): SegmentDirectory {
  const end = tail.length - END_BYTES;
  if (end < 0 || tail.readUInt32LE(end) !== 0x06054b50) throw new Error('the archive has no end record');
  let count = tail.readUInt16LE(end + 10);
  let sizeBytes = tail.readUInt32LE(end + 12);
  let offset = tail.readUInt32LE(end + 16);
  let stop = end;
  if (offset === MAX_32) {
    const zip64 = end - ZIP64_LOCATOR_BYTES - ZIP64_END_BYTES;
    count = Number(tail.readBigUInt64LE(zip64 + 32));
    sizeBytes = Number(tail.readBigUInt64LE(zip64 + 40));
    offset = Number(tail.readBigUInt64LE(zip64 + 48));
    stop = zip64;
  }
  const records: DirectoryRecord[] = [];
  for (let position = stop - sizeBytes; position < stop; ) {
    const length = RECORD_BYTES + tail.readUInt16LE(position + 28) + tail.readUInt16LE(position + 30);
    records.push(parseRecord(tail.subarray(position, position + length)));
    position += length;
  }
  if (records.length !== count) throw new Error(`the archive lists ${records.length} of ${count} entries`);
  return { offset, records };
}

function parseRecord(record: Buffer): DirectoryRecord {
  if (record.readUInt32LE(0) !== 0x02014b50) throw new Error('the archive has a broken directory record');
  const nameEnd = RECORD_BYTES + record.readUInt16LE(28);
  const header = record.subarray(0, RECORD_BYTES);
  const name = record.subarray(RECORD_BYTES, nameEnd);
  // archiver writes all three values into the extra field, or has no extra field.
  if (record.length > nameEnd && record.readUInt16LE(nameEnd) === ZIP64_EXTRA_ID) {
    const read = (index: number): number => Number(record.readBigUInt64LE(nameEnd + 4 + 8 * index));
    return { header, name, sizeBytes: read(0), compressedBytes: read(1), offset: read(2) };
  }
  return {
    header,
    name,
    sizeBytes: record.readUInt32LE(24),
    compressedBytes: record.readUInt32LE(20),
    offset: record.readUInt32LE(42),
  };
}

/** @param baseOffset where the record's segment begins in the whole archive */
export function renderRecord(record: DirectoryRecord, baseOffset: number): Buffer {
  const header = Buffer.from(record.header);
  const values = [
    { field: 24, value: record.sizeBytes },
    { field: 20, value: record.compressedBytes },
    { field: 42, value: baseOffset + record.offset },
  ];
  for (const { field, value } of values) header.writeUInt32LE(Math.min(value, MAX_32), field);
  const large = values.filter(({ value }) => value >= MAX_32);
  const extra = Buffer.alloc(large.length === 0 ? 0 : 4 + 8 * large.length);
  if (large.length > 0) {
    extra.writeUInt16LE(ZIP64_EXTRA_ID, 0);
    extra.writeUInt16LE(8 * large.length, 2);
    large.forEach(({ value }, index) => {
      extra.writeBigUInt64LE(BigInt(value), 4 + 8 * index);
    });
    header.writeUInt16LE(ZIP64_VERSION, 6);
  }
  header.writeUInt16LE(extra.length, 30);
  return Buffer.concat([header, record.name, extra]);
}

/** The records that close the archive, with ZIP64's where a number needs them. */
export function renderEnd(count: number, directoryBytes: number, directoryOffset: number): Buffer {
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(count, MAX_16), 8);
  end.writeUInt16LE(Math.min(count, MAX_16), 10);
  end.writeUInt32LE(Math.min(directoryBytes, MAX_32), 12);
  end.writeUInt32LE(Math.min(directoryOffset, MAX_32), 16);
  if (count < MAX_16 && directoryBytes < MAX_32 && directoryOffset < MAX_32) return end;
  const zip64 = Buffer.alloc(ZIP64_END_BYTES + ZIP64_LOCATOR_BYTES);
  zip64.writeUInt32LE(0x06064b50, 0);
  zip64.writeBigUInt64LE(BigInt(ZIP64_END_BYTES - 12), 4);
  zip64.writeUInt16LE(ZIP64_VERSION, 12);
  zip64.writeUInt16LE(ZIP64_VERSION, 14);
  zip64.writeBigUInt64LE(BigInt(count), 24);
  zip64.writeBigUInt64LE(BigInt(count), 32);
  zip64.writeBigUInt64LE(BigInt(directoryBytes), 40);
  zip64.writeBigUInt64LE(BigInt(directoryOffset), 48);
  zip64.writeUInt32LE(0x07064b50, ZIP64_END_BYTES);
  zip64.writeBigUInt64LE(BigInt(directoryOffset + directoryBytes), ZIP64_END_BYTES + 8);
  zip64.writeUInt32LE(1, ZIP64_END_BYTES + 16);
  return Buffer.concat([zip64, end]);
}
