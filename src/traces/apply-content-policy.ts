import { type Attributes, type AttributeValue, type SpanStatus, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent } from '../base/sdk-types.ts';
import type { ContentField } from '../privacy/content-field.ts';
import type { ContentPolicy } from '../privacy/content-policy.ts';
import { truncateCodePoints } from '../privacy/truncate-text.ts';
import { type AttributeContent, classifyKey, hasContentWord, isGenAiKey } from './content-keys.ts';
import { copySpan } from './copy-span.ts';

/** Metadata is short; what is longer is cut, for it may be anything. */
const MAX_METADATA_CODE_POINTS = 1_024;
/** Read beyond the cut, so that no half of a secret is left at it. */
const MAX_METADATA_READ = 16_384;
const MAX_KNOWN_KEYS = 2_000;
/** A line of a stack trace that names a place in the code, and nothing else. */
const STACK_FRAME = /^\s+at .*(?::\d+:\d+|native|<anonymous>)\)?$/;

interface KeyTraits {
  readonly content: AttributeContent;
  readonly genAi: boolean;
  readonly contentWord: boolean;
}

/**
 * Makes of each span the copy that may go to a trace backend: an allow-list. Under `none`, the default of traces, no
 * text is left that a dialect is known to put content in, nor text under an unknown key of a GenAI span, nor the
 * messages of exceptions and statuses (parsers and providers quote what they choke on): the type of an exception and
 * the places in its stack stay. Everything that stays is redacted. What is removed is counted as dropped attributes.
 */
export class TraceContentFilter {
  readonly #policy: ContentPolicy;
  readonly #keys = new Map<string, KeyTraits>();

  constructor(policy: ContentPolicy) {
    this.#policy = policy;
  }

  apply(span: ReadableSpan): ReadableSpan {
    const genAi = this.#isGenAi(span);
    const attributes = this.#filter(span.attributes, genAi);
    return copySpan(span, {
      name: this.#mask(span.name) ?? 'redacted',
      status: this.#filterStatus(span),
      attributes,
      events: span.events.map((event) => this.#filterEvent(event, genAi)),
      links: span.links.map((link) => ({ ...link, attributes: this.#filter(link.attributes ?? {}, genAi) })),
      droppedAttributesCount:
        span.droppedAttributesCount + Object.keys(span.attributes).length - Object.keys(attributes).length,
    });
  }

  #isGenAi(span: ReadableSpan): boolean {
    for (const key of Object.keys(span.attributes)) if (this.#traitsOf(key).genAi) return true;
    return span.events.some(({ name }) => isGenAiKey(name));
  }

  #filter(attributes: Attributes, genAi: boolean): Attributes {
    const kept: Attributes = {};
    for (const [key, value] of Object.entries(attributes)) {
      if (value === undefined || value === null) continue;
      const filtered = this.#filterValue(key, value, genAi);
      if (filtered !== undefined) kept[key] = filtered;
    }
    return kept;
  }

  #filterValue(key: string, value: AttributeValue, genAi: boolean): AttributeValue | undefined {
    const { content, contentWord } = this.#traitsOf(key);
    switch (content) {
      case 'credential':
        return undefined;
      case 'metadata':
        return mapText(value, (text) => this.#metadata(text));
      case 'url':
        return mapText(value, (text) => this.#filterUrl(key, text));
      case 'unknown':
        if (typeof value === 'number' || typeof value === 'boolean') return value;
        if (!genAi && !contentWord) return mapText(value, (text) => this.#mask(text));
        return this.#content('attributes', value);
      case 'errors':
        return typeof value === 'string' ? this.#filterError(key, value) : this.#content('errors', value);
      default:
        return this.#content(content, value);
    }
  }

  #content(field: ContentField, value: AttributeValue): AttributeValue | undefined {
    const mode = this.#policy.modeOf(field).kind;
    if (mode === 'none') return undefined;
    // A hash of the parts would tell what repeats within the whole.
    if (mode === 'hash' && typeof value !== 'string') return this.#policy.hash(JSON.stringify(value));
    return mapText(value, (text) => this.#policy.apply(field, text).text);
  }

  #filterUrl(key: string, text: string): string | undefined {
    if (this.#policy.modeOf('attributes').kind === 'full') return this.#mask(text);
    if (key === 'url.query') return undefined;
    const end = text.search(/[?#]/);
    return this.#metadata(end === -1 ? text : text.slice(0, end));
  }

  #filterError(key: string, text: string): string | undefined {
    if (this.#policy.modeOf('errors').kind !== 'none') return this.#policy.apply('errors', text).text;
    return key.endsWith('.stacktrace') || key.endsWith('.stack') ? this.#mask(stackFrames(text)) : undefined;
  }

  #filterEvent(event: TimedEvent, genAi: boolean): TimedEvent {
    const { attributes = {}, name } = event;
    const ofGenAi = genAi || isGenAiKey(name);
    const message = attributes['exception.message'];
    const stack = attributes['exception.stacktrace'];
    // The message is in the stack as well; without it, only places are left to find.
    const readable =
      typeof message === 'string' && typeof stack === 'string' && this.#policy.modeOf('errors').kind === 'none'
        ? { ...attributes, 'exception.stacktrace': behind(stack, message) }
        : attributes;
    const filtered = this.#filter(readable, ofGenAi);
    const dropped = Object.keys(attributes).length - Object.keys(filtered).length;
    return {
      name: this.#mask(name) ?? 'redacted',
      time: event.time,
      attributes: filtered,
      droppedAttributesCount: (event.droppedAttributesCount ?? 0) + dropped,
    };
  }

  /** Without its message, a failed span says the type of its error. */
  #filterStatus({ status, attributes, events }: ReadableSpan): SpanStatus {
    if (status.message === undefined) return status;
    const kept = this.#policy.apply('errors', status.message).text;
    if (kept !== undefined) return { code: status.code, message: kept };
    const exception = events.find(({ name }) => name === 'exception')?.attributes?.['exception.type'];
    const type = attributes['error.type'] ?? exception;
    const said = status.code === SpanStatusCode.ERROR && typeof type === 'string' ? this.#metadata(type) : undefined;
    return said === undefined ? { code: status.code } : { code: status.code, message: said };
  }

  #metadata(text: string): string | undefined {
    const masked = this.#mask(text.slice(0, MAX_METADATA_READ));
    return masked === undefined ? undefined : truncateCodePoints(masked, MAX_METADATA_CODE_POINTS);
  }

  #mask(text: string): string | undefined {
    return this.#policy.mask(text).text;
  }

  /** Keys repeat from span to span; those with indexes in them do not, so the memory is bounded. */
  #traitsOf(key: string): KeyTraits {
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    const traits = { content: classifyKey(key), genAi: isGenAiKey(key), contentWord: hasContentWord(key) };
    if (this.#keys.size < MAX_KNOWN_KEYS) this.#keys.set(key, traits);
    return traits;
  }
}

function behind(stack: string, message: string): string {
  const index = stack.indexOf(message);
  return index === -1 ? stack : stack.slice(index + message.length);
}

function stackFrames(stack: string): string {
  const lines = stack.split('\n');
  return lines.filter((line) => STACK_FRAME.test(line)).join('\n');
}

/** The value with each of its texts treated; `undefined` where it is removed. Hosts set other things than the API allows. */
function mapText(value: AttributeValue, treat: (text: string) => string | undefined): AttributeValue | undefined {
  if (typeof value === 'string') return treat(value);
  if (!Array.isArray(value)) return typeof value === 'object' ? undefined : value;
  if (!value.some((item) => typeof item === 'string'))
    return value.every((item) => typeof item !== 'object') ? value : undefined;
  return value.map((item) => (typeof item === 'string' ? treat(item) : null));
}
