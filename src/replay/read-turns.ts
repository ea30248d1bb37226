import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { describeError } from '../base/errors.ts';
import { parseOtlpJson } from '../otlp/parse-otlp-json.ts';
import { readOtlpStream } from '../otlp/read-otlp-stream.ts';
import { splitByTrace } from '../otlp/split-by-trace.ts';
import { TraceSpool } from '../otlp/trace-spool.ts';
import { classifySpan } from '../record/dialects/classify-span.ts';
import { buildTurns } from '../spans/build-turns.ts';
import type { Turn } from '../spans/turn.ts';
import { SpanTally } from './span-tally.ts';

/** Where files are looked for, and what `-` stands for. */
export interface FileContext {
  readonly cwd: string;
  readonly stdin: AsyncIterable<Uint8Array | string>;
}

/** Takes what could not be used: the file as it was named, and the rest of the sentence. */
export type ReportInput = (file: string, problem: string) => void;

/**
 * The turns in OTLP/JSON files, which together are one set of spans: a trace may be spread over them. Memory does not
 * grow with the files, but with the largest trace. A file that cannot be used is reported; the others go on.
 *
 * @param files paths relative to the context's directory; `-` is standard input
 * @param tally is told of every span
 */
export async function* readTurns(
  files: readonly string[],
  context: FileContext,
  report: ReportInput,
  tally: SpanTally = new SpanTally(),
): AsyncGenerator<Turn> {
  const spool = new TraceSpool();
  try {
    for (const file of files) await spoolFile(file, context, spool, report);
    const rejected = new Map<string, number>();
    for (const parts of spool.traces()) {
      const requests = parts.map((part) => parseOtlpJson(JSON.parse(part)));
      const spans = requests.flatMap((request) => request.spans);
      tally.add(spans);
      yield* buildTurns(spans, classifySpan);
      for (const [reason, count] of requests.flatMap((request) => [...request.rejected])) {
        rejected.set(reason, (rejected.get(reason) ?? 0) + count);
      }
    }
    const source = files.length === 1 && files[0] !== undefined ? nameOf(files[0]) : `${files.length} files`;
    for (const [reason, count] of rejected) report(source, `spans that cannot be used: ${count} (${reason})`);
  } finally {
    spool.close();
  }
}

async function spoolFile(file: string, context: FileContext, spool: TraceSpool, report: ReportInput): Promise<void> {
  const name = nameOf(file);
  try {
    const chunks = file === '-' ? context.stdin : createReadStream(resolve(context.cwd, file));
    for await (const request of readOtlpStream(chunks, (problem) => report(name, problem))) {
      for (const [traceId, part] of splitByTrace(request)) spool.add(traceId, JSON.stringify(part));
    }
  } catch (error) {
    report(name, explainFileError(error));
  }
}

function nameOf(file: string): string {
  return file === '-' ? 'standard input' : file;
}

const FILE_ERRORS: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'does not exist'],
  ['EACCES', 'may not be read'],
  ['EISDIR', 'is a directory; name the files in it'],
]);

function explainFileError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return FILE_ERRORS.get(code) ?? `cannot be read: ${describeError(error)}`;
}
