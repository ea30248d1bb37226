import { isObject, type JsonObject, parseContainer } from '../base/json-value.ts';

/** Text of one object; a larger one is skipped and reported. */
const MAX_OBJECT_LENGTH = 64 * 1024 * 1024;
const OPEN = '{';
const CLOSE = '}';

/** Takes the rest of a sentence about the input, without any of its content. */
export type ReportProblem = (problem: string) => void;

/**
 * The objects of a stream of JSON: one a line, one after the other, or in an array, pretty-printed or not. Memory: one object.
 * What is no object is reported and skipped; a truncated last object is reported. Errors of the stream are thrown.
 */
export async function* readJsonObjects(
  chunks: AsyncIterable<Uint8Array | string>,
  report: ReportProblem,
): AsyncGenerator<JsonObject> {
  const decoder = new TextDecoder();
  const scanner = new ObjectScanner();
  for await (const chunk of chunks) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    for (const piece of scanner.scan(text)) {
      const value = parseContainer(piece);
      if (isObject(value)) yield value;
      else report(`object ${scanner.count} is not JSON`);
    }
  }
  const problem = scanner.end();
  if (problem !== undefined) report(problem);
}

/** Finds where objects begin and end, by braces outside of strings. */
class ObjectScanner {
  count = 0;
  #depth = 0;
  #inString = false;
  #isEscaped = false;
  #held: string[] = [];
  #heldLength = 0;
  #strayText = false;
  #tooLarge = 0;

  *scan(text: string): Generator<string> {
    let start = 0;
    for (let index = 0; index < text.length; index++) {
      const character = text[index];
      if (this.#inString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (character === '\\') this.#isEscaped = true;
        else if (character === '"') this.#inString = false;
      } else if (character === '"' && this.#depth > 0) {
        this.#inString = true;
      } else if (character === OPEN) {
        if (this.#depth === 0) start = index;
        this.#depth += 1;
      } else if (character === CLOSE && this.#depth > 0) {
        this.#depth -= 1;
        if (this.#depth === 0) {
          this.#hold(text.slice(start, index + 1));
          const object = this.#take();
          if (object !== undefined) yield object;
          start = index + 1;
        }
      } else if (this.#depth === 0 && character !== undefined && !/[\s,[\]\uFEFF]/.test(character)) {
        this.#strayText = true;
      }
    }
    if (this.#depth > 0) this.#hold(text.slice(start));
  }

  end(): string | undefined {
    if (this.#depth > 0) return 'ends in the middle of an object';
    if (this.#tooLarge > 0) return `has ${this.#tooLarge} objects over ${MAX_OBJECT_LENGTH} characters`;
    if (this.#strayText) return 'has text outside of JSON objects';
    return this.count === 0 ? 'has no JSON objects' : undefined;
  }

  #hold(text: string): void {
    this.#heldLength += text.length;
    if (this.#heldLength <= MAX_OBJECT_LENGTH) this.#held.push(text);
    else this.#held = [];
  }

  #take(): string | undefined {
    const isTooLarge = this.#heldLength > MAX_OBJECT_LENGTH;
    const object = this.#held.join('');
    this.#held = [];
    this.#heldLength = 0;
    this.count += 1;
    if (isTooLarge) this.#tooLarge += 1;
    return isTooLarge ? undefined : object;
  }
}
