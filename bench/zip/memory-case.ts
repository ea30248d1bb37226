/**
 * One case in a process of its own, since memory that a process once had stays with it. Prints what it added as JSON.
 * `bare` downloads the same documents and drops them, `copy` writes the same stream to a file: what Node takes for that
 * alone.
 */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZip } from '../../src/zip/create-zip.ts';
import type { ZipEntry } from '../../src/zip/zip-options.ts';
import { downloadAll } from './download-all.ts';
import { addedMemory } from './measure.ts';
import { startServer } from './start-server.ts';

const [kind = '', countText = '', sizeText = '', destination = ''] = process.argv.slice(2);
const count = Number(countText);
const size = Number(sizeText);
const server = await startServer(0);

function* generate(entries: number): Generator<ZipEntry & { source: string }> {
  for (let i = 0; i < entries; i += 1)
    yield { name: `folder/document ${i}.pdf`, source: `${server.origin}/${size}/${i}` };
}

function* stream(): Generator<Buffer> {
  for (let sent = 0; sent < size; sent += 65_536) yield Buffer.allocUnsafe(65_536);
}

function run(entries: number): Promise<unknown> {
  if (kind === 'bare')
    return downloadAll(
      [...generate(entries)].map(({ source }) => source),
      10,
    );
  if (kind === 'http') return createZip({ entries: generate(entries), destination });
  if (kind === 'copy') return pipeline(Readable.from(stream()), createWriteStream(destination));
  return createZip({
    entries: [{ name: 'huge.pdf', source: Readable.from(stream()) }],
    destination,
    timeoutMillis: 1_000_000,
  });
}

// The first ZIP loads code and lets the heap grow to what any program takes.
if (size > 1e9) await createZip({ entries: [{ name: 'a.pdf', source: Buffer.alloc(1_000_000) }], destination });
else await run(200);
process.stdout.write(JSON.stringify(await addedMemory(() => run(count))));
server.stop();
