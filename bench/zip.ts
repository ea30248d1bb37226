/**
 * What `createZip` costs, side by side with what it is built on and with its peer. `node bench/zip.ts [PART…]`, parts:
 * `speed levels latency memory tracing`; all of them by default.
 */
import { execFileSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { deflateRawSync } from 'node:zlib';
import { type HrTime, ROOT_CONTEXT, type Tracer, trace } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { ZipArchive } from 'archiver';
import yazl from 'yazl';
import { createZip } from '../src/zip/create-zip.ts';
import type { ZipEntry } from '../src/zip/zip-options.ts';
import { writeMix } from './zip/documents.ts';
import { downloadAll } from './zip/download-all.ts';
import { type AddedMemory, compare, median, timeInTurn } from './zip/measure.ts';
import { startServer } from './zip/start-server.ts';

const folder = await mkdtemp(join(tmpdir(), 'bench-zip-'));
const destination = join(folder, 'bench.zip');
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function speed(): Promise<void> {
  const paths = await writeMix(folder);
  const times = await compare(
    {
      createZip: () =>
        createZip({ entries: paths.map((path) => ({ name: basename(path), source: path })), destination }),
      'archiver, level 6': () => runArchiver(paths, 6),
      'archiver, level 1': () => runArchiver(paths, 1),
      yazl: () => runYazl(paths),
    },
    5,
  );
  const own = times.createZip ?? Number.NaN;
  say('200 PDFs and 200 texts of 200 KB, disk to file, median of 5:');
  for (const [name, millis] of Object.entries(times))
    say(`  ${name}: ${millis.toFixed(0)} ms, ${(millis / own).toFixed(2)} ×`);
}

async function runArchiver(paths: readonly string[], level: number): Promise<void> {
  const archive = new ZipArchive({ zlib: { level } });
  for (const path of paths) archive.file(path, { name: basename(path) });
  await Promise.all([pipeline(archive, createWriteStream(destination)), archive.finalize()]);
}

async function runYazl(paths: readonly string[]): Promise<void> {
  const zip = new yazl.ZipFile();
  for (const path of paths) zip.addFile(path, basename(path));
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(destination));
}

async function levels(): Promise<void> {
  const paths = await writeMix(folder);
  const texts = await Promise.all(paths.filter((path) => path.endsWith('.txt')).map((path) => readFile(path)));
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  say('deflate of the texts:');
  for (const level of [1, 3, 6, 9]) {
    const start = performance.now();
    const packed = texts.reduce((sum, text) => sum + deflateRawSync(text, { level }).length, 0);
    const millis = performance.now() - start;
    say(
      `  level ${level}: ${(bytes / 1e3 / millis).toFixed(0)} MB/s, ${((100 * packed) / bytes).toFixed(1)} % of the size`,
    );
  }
}

async function latency(): Promise<void> {
  const server = await startServer(40);
  const urls = Array.from({ length: 200 }, (_, i) => `${server.origin}/100000/${i}`);
  const entries = urls.map((source, i) => ({ name: `${i}.pdf`, source }));
  say('200 documents of 100 KB over HTTP with 40 ms latency; best and median of 9 runs in turn, as × the floor:');
  for (const concurrency of [10, 32]) {
    const times = await timeInTurn(
      {
        createZip: () => createZip({ entries, destination, concurrency }),
        'downloads alone': () => downloadAll(urls, concurrency),
      },
      9,
    );
    const floor = (200 / concurrency) * 40;
    for (const [name, values] of Object.entries(times)) {
      const [best, middle] = [Math.min(...values), median(values)];
      say(
        `  ${name}, concurrency ${concurrency}: ${best.toFixed(0)} and ${middle.toFixed(0)} ms, ${(best / floor).toFixed(2)} and ${(middle / floor).toFixed(2)} × ${floor} ms`,
      );
    }
  }
  server.stop();
}

/**
 * The heap that V8 gives itself in a container of 512 MB: a quarter of the memory, times two on 64 bits (`Heap::HeapSizeFromPhysicalMemory`
 * in its sources). On a large machine it lets far more garbage lie: so a bare download of the same documents is measured beside.
 */
const CONTAINER_HEAP = ['--max-heap-size=256'];

function memory(): void {
  say(
    'memory added at its highest: held after collections; resident in a container of 512 MB; resident under V8’s defaults:',
  );
  const cases = [
    ['http', '200', '200000'],
    ['http', '2000', '200000'],
    ['bare', '2000', '200000'],
    ['http', '70000', '2000'],
    ['bare', '70000', '2000'],
    ['stream', '1', '5000000000'],
    ['copy', '1', '5000000000'],
  ];
  for (const [kind = '', count = '', size = ''] of cases) {
    const free = measureMemory([], kind, count, size);
    const contained = measureMemory(CONTAINER_HEAP, kind, count, size);
    const figures = [free.heldMegabytes, contained.residentMegabytes, free.residentMegabytes];
    say(
      `  ${count} entries of ${Number(size) / 1e3} KB (${kind}): ${figures.map((value) => value.toFixed(1)).join(', ')} MB`,
    );
  }
}

function measureMemory(flags: readonly string[], ...args: readonly string[]): AddedMemory {
  const program = new URL('./zip/memory-case.ts', import.meta.url).pathname;
  const printed = execFileSync(process.execPath, ['--expose-gc', ...flags, program, ...args, destination], {
    encoding: 'utf8',
  });
  return JSON.parse(printed);
}

/** What an exporter costs is not measured; one that kept 80,000 spans would be measured by its garbage collections. */
const DROP: SpanExporter = {
  export: (_spans, done) => done({ code: ExportResultCode.SUCCESS }),
  shutdown: async () => undefined,
};

async function tracing(): Promise<void> {
  const paths = await writeMix(folder);
  const provider = new NodeTracerProvider({
    spanProcessors: [new BatchSpanProcessor(DROP)],
  });
  const run = (entries: readonly ZipEntry[], isTraced: boolean) => () => {
    trace.disable();
    if (isTraced) trace.setGlobalTracerProvider(provider);
    // Nowhere, so that the disk's own ups and downs do not hide what is measured.
    return createZip({ entries, destination: new Writable({ write: (_chunk, _encoding, done) => done() }) });
  };
  const files = paths.slice(0, 200).map((path) => ({ name: basename(path), source: path }));
  const buffers = Array.from({ length: 200 }, (_, i) => ({ name: `${i}.pdf`, source: Buffer.from(`${i}`) }));
  const ofFiles = await compare({ plain: run(files, false), traced: run(files, true) }, 41);
  const ofBuffers = await compare({ plain: run(buffers, false), traced: run(buffers, true) }, 401);
  const ofSpans = await compare({ spans: async () => startSpans(provider.getTracer('bench'), 200) }, 401);
  const overheadMillis = difference(ofBuffers);
  const share = overheadMillis / (ofFiles.plain ?? Number.NaN);
  say('tracing a ZIP of 200 entries:');
  say(
    `  ${((overheadMillis * 1e3) / 200).toFixed(2)} µs an entry; ${(100 * share).toFixed(2)} % of a ZIP of files of 200 KB`,
  );
  say(`  (spans like these cost ${(((ofSpans.spans ?? Number.NaN) * 1e3) / 200).toFixed(2)} µs each by themselves)`);
  say(`  (such a ZIP itself, plain and traced: ${ofFiles.plain?.toFixed(1)} and ${ofFiles.traced?.toFixed(1)} ms)`);
  await provider.shutdown();
}

/** What OpenTelemetry takes for as many child spans with as many attributes. */
function startSpans(tracer: Tracer, count: number): void {
  const parent = tracer.startSpan('parent');
  const below = trace.setSpan(ROOT_CONTEXT, parent);
  for (let i = 0; i < count; i += 1) {
    const startTime: HrTime = [1_700_000_000, i];
    const attributes = { name: `${i}.pdf`, source: 'buffer', attempts: 1, size: i };
    tracer.startSpan('child', { startTime, attributes }, below).end([1_700_000_001, i]);
  }
  parent.end();
}

function difference({ plain = Number.NaN, traced = Number.NaN }: Record<string, number>): number {
  return traced - plain;
}

const parts: Readonly<Record<string, () => Promise<void> | void>> = { speed, levels, latency, memory, tracing };
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(parts);
try {
  for (const part of wanted) await parts[part]?.();
} finally {
  await rm(folder, { recursive: true });
}
