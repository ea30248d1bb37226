import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';

const run = promisify(execFile);
const OUTPUT_BYTES = 64 * 1024 * 1024;

/** Programs that must accept every archive; where one is not installed, the test's output says so. */
const TESTERS: readonly { readonly name: string; readonly commands: readonly (readonly string[])[] }[] = [
  { name: 'unzip', commands: [['unzip', '-tqq']] },
  {
    name: '7z',
    commands: [
      ['7z', 't'],
      ['7zz', 't'],
      ['7za', 't'],
    ],
  },
  {
    name: 'python',
    commands: [['python3', '-c', 'import sys, zipfile; sys.exit(zipfile.ZipFile(sys.argv[1]).testzip() is not None)']],
  },
];

/**
 * Reads an archive with a reader of its own, checks every length and checksum, and has `unzip`, `7z` and Python's
 * `zipfile` test it.
 * @returns the contents by name, in the order of the archive
 */
export async function verifyArchive(path: string): Promise<Map<string, Buffer>> {
  await testArchive(path);
  return readArchive(path);
}

/** Has `unzip`, `7z` and Python's `zipfile` test it; rejects with what they say. */
export async function testArchive(path: string): Promise<void> {
  for (const { name, commands } of TESTERS) await runFirstInstalled(name, commands, path);
}

async function runFirstInstalled(name: string, commands: readonly (readonly string[])[], path: string): Promise<void> {
  for (const [program = '', ...args] of commands) {
    try {
      await run(program, [...args, path], { maxBuffer: OUTPUT_BYTES });
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  process.stderr.write(`not verified with ${name}: it is not installed\n`);
}

/** @returns the contents by name, in the order of the archive; rejects where a length or checksum is wrong */
export async function readArchive(path: string): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  await eachEntry(path, async (entry, chunks) => {
    if (contents.has(entry.fileName)) throw new Error(`twice in the archive: ${entry.fileName}`);
    const parts: Buffer[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    contents.set(entry.fileName, Buffer.concat(parts));
  });
  return contents;
}

/** Calls `visit` for each entry in turn and checks the checksum of what it read. */
export async function eachEntry(
  path: string,
  visit: (entry: yauzl.Entry, chunks: AsyncIterable<Buffer>) => Promise<void>,
): Promise<number> {
  const zip = await yauzl.openPromise(path, { lazyEntries: true, validateEntrySizes: true });
  let count = 0;
  for await (const entry of zip.eachEntry()) {
    let checksum = 0;
    const stream = await zip.openReadStreamPromise(entry);
    async function* checked(): AsyncGenerator<Buffer, void, undefined> {
      for await (const chunk of stream) {
        const bytes = Buffer.from(chunk);
        checksum = crc32(bytes, checksum);
        yield bytes;
      }
    }
    await visit(entry, checked());
    if (checksum !== entry.crc32) throw new Error(`wrong checksum: ${entry.fileName}`);
    count += 1;
  }
  return count;
}
