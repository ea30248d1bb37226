import { JSONParser } from '@streamparser/json';
import { describeError } from '../base/errors.ts';

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
      paths: [
        '$.resourceSpans.*.resource',
        '$.resourceSpans.*.scopeSpans.*.scope',
        '$.resourceSpans.*.scopeSpans.*.spans.*',
      ],
      keepStack: false,
      // Documents may follow each other.
      separator: '',
    });
    this.#parser.onValue = ({ value, stack }) => {
      // Keys down to the value: none, resourceSpans, index, scopeSpans, index, spans.
      const [, , inResource, , inScope, inSpans] = stack.map(({ key }) => key);
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
