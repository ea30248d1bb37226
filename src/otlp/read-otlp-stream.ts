import { isArray } from '../base/json-value.ts';
import { OtlpDocumentReader } from './otlp-document-reader.ts';
import { isTraceRequest } from './span-groups.ts';
import { splitLines } from './split-lines.ts';

/** A line up to this size is parsed as a whole, which is several times faster; a larger one span by span. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;
const NOT_JSON = Symbol('not JSON');

/** Takes the rest of a sentence about the input (`is empty`, `line 3 is not JSON`), without any of its content. */
export type ReportProblem = (problem: string) => void;

/**
 * Reads OTLP/JSON trace requests from bytes: one document, pretty-printed or not, an array of them, or one request a line
 * as the Collector's file exporter writes them. Memory: one line of up to 8 MiB, or the largest span of a larger document,
 * which is given in parts, each a request of its own.
 *
 * What cannot be read is reported, and what can be read beside it is given: the lines after a bad line, the spans before
 * the end of a truncated document. Errors of the stream itself are thrown.
 * A large document's `resource` and `scope` are expected before their spans, in the order of the protocol's fields.
 *
 * @example
 * for await (const request of readOtlpStream(createReadStream('spans.json'), console.error)) parseOtlpJson(request);
 */
export async function* readOtlpStream(
  chunks: AsyncIterable<Uint8Array | string>,
  report: ReportProblem,
): AsyncGenerator<unknown> {
  let lineNumber = 0;
  let requestCount = 0;
  let isEmpty = true;
  let document: OtlpDocumentReader | undefined;
  for await (const pieces of splitLines(chunks, MAX_LINE_BYTES, () => document === undefined)) {
    for (const { bytes, isWholeLine } of pieces) {
      if (document === undefined) {
        lineNumber += 1;
        const request = isWholeLine ? parseLine(bytes) : NOT_JSON;
        if (request === undefined) continue;
        isEmpty = false;
        if (isTraceRequest(request)) {
          requestCount += 1;
          if (isArray(request)) yield* request;
          else yield request;
          continue;
        }
        if (request !== NOT_JSON || (requestCount > 0 && isWholeLine)) {
          report(`line ${lineNumber} ${request === NOT_JSON ? 'is not JSON' : NO_SPANS}`);
          continue;
        }
        // Not one request a line: a document over several lines, or a line too large to hold.
        document = new OtlpDocumentReader();
      }
      const { requests, problem } = document.read(bytes);
      requestCount += requests.length;
      yield* requests;
      if (problem !== undefined) {
        report(problem);
        return;
      }
    }
  }
  const problem = document?.end();
  if (problem !== undefined) report(problem);
  else if (isEmpty) report('is empty');
  else if (requestCount === 0 && document !== undefined) report(NO_SPANS);
}

const NO_SPANS = 'has no spans: not an OTLP/JSON trace export';

/** @returns `undefined` for a blank line */
function parseLine(line: Buffer): unknown {
  const text = line
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trim();
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return NOT_JSON;
  }
}
