import { JSONParser } from '@streamparser/json';
import { describeError } from '../base/errors.ts';
import { RESOURCE_SPAN_KEYS, SPAN_PATHS } from './span-groups.ts';

/**
 * Reads one OTLP/JSON document that is too large to hold: bytes go in, and every span comes out as soon as it is
 * complete, as a request of its own with the resource and scope that stand before it.
 */
export class OtlpDocumentReader {
  readonly #parser: JSONParser;
  #found: unknown[] = [];

  constructor() {
    let resource: unknown;
    let resourceIndex: unknown;
    let scope: unknown;
    let scopeIndex: unknown;
    this.#parser = new JSONParser({
      paths: [...SPAN_PATHS],
      keepStack: false,
      // Documents may follow each other.
      separator: '',
    });
    this.#parser.onValue = ({ value, stack }) => {
      // Keys down to the value, from there: resourceSpans, index, scopeSpans, index, spans.
      const keys = stack.map(({ key }) => key);
      const at = keys.findIndex((key) => RESOURCE_SPAN_KEYS.has(key));
      const inResource = keys.slice(0, at + 2).join();
      const [inScope, inSpans] = keys.slice(at + 3);
      if (inResource !== resourceIndex) {
        resource = undefined;
        scope = undefined;
      } else if (inScope !== undefined && inScope !== scopeIndex) {
        scope = undefined;
      }
      resourceIndex = inResource;
      scopeIndex = inScope;
      if (inSpans !== undefined) {
        this.#found.push({ resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [value] }] }] });
      } else if (inScope !== undefined) {
        scope = value;
      } else {
        resource = value;
      }
    };
  }

  /** Total: bytes that are not JSON are a problem, after the requests that came before them. */
  read(bytes: Uint8Array): { readonly requests: readonly unknown[]; readonly problem: string | undefined } {
    const problem = attempt(() => this.#parser.write(bytes));
    const requests = this.#found;
    this.#found = [];
    return { requests, problem };
  }

  /** @returns what is wrong with the end of the document, if anything is */
  end(): string | undefined {
    return attempt(() => {
      if (!this.#parser.isEnded) this.#parser.end();
    });
  }
}

function attempt(parse: () => void): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    // The parser's message quotes content, but for the position.
    const position = /absolute position "(\d+)"/.exec(describeError(error))?.[1];
    if (/ended in (?:mid-parsing|the middle)/i.test(describeError(error)))
      return 'is truncated: it ends inside a JSON value';
    return position === undefined ? 'is not JSON' : `is not JSON from byte ${position}`;
  }
}
