/** One case in a process of its own, since memory that a process once had stays with it. Prints the added MB. */
import { Readable } from 'node:stream';
import { createZip } from '../../src/instrumentation/zip/create-zip.ts';
import type { ZipEntry } from '../../src/instrumentation/zip/zip-options.ts';
import { addedMemory } from './measure.ts';
import { startServer } from './start-server.ts';

const [kind = '', countText = '', sizeText = '', destination = ''] = process.argv.slice(2);
const count = Number(countText);
const size = Number(sizeText);
const server = await startServer(0);

function* generate(entries: number): Generator<ZipEntry> {
  for (let i = 0; i < entries; i += 1)
    yield { name: `folder/document ${i}.pdf`, source: `${server.origin}/${size}/${i}` };
}

function* stream(): Generator<Buffer> {
  for (let sent = 0; sent < size; sent += 65_536) yield Buffer.allocUnsafe(65_536);
}

// The first ZIP loads code and fills pools that every later one finds ready.
await createZip({
  entries: Array.from({ length: 20 }, (_, i) => ({ name: `${i}`, source: `${server.origin}/1000/${i}` })),
  destination,
});
const entries = kind === 'stream' ? [{ name: 'huge.pdf', source: Readable.from(stream()) }] : generate(count);
const addedMegabytes = await addedMemory(() => createZip({ entries, destination, timeoutMillis: 1_000_000 }));
process.stdout.write(String(addedMegabytes));
server.stop();
