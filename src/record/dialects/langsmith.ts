import { parseContainer } from '../../base/json-value.ts';
import { readUsageObject } from '../reported-usage.ts';
import type { Dialect, SpanKind } from './dialect.ts';
import { readGenAi } from './gen-ai-attributes.ts';
import { exceptionMessage, textOf } from './span-attributes.ts';

const KINDS: ReadonlyMap<string, SpanKind> = new Map([
  ['llm', 'model'],
  ['tool', 'tool'],
]);

/** LangSmith over OpenTelemetry: GenAI conventions, with the whole request and response as JSON, and chains for steps. */
export const LANGSMITH: Dialect = {
  name: 'langsmith',
  kindOf(span) {
    const kind = textOf(span.attributes, 'langsmith.span.kind');
    return kind === undefined ? undefined : (KINDS.get(kind) ?? 'step');
  },
  read(span, kind) {
    const reading = readGenAi(span, kind);
    const name = kind === 'tool' ? (reading.name ?? span.name) : reading.name;
    const metadata = parseContainer(textOf(span.attributes, 'langsmith.usage_metadata') ?? '');
    const usage = kind === 'model' ? (readUsageObject(metadata) ?? reading.usage) : undefined;
    // A failed run keeps the status OK; only its exception tells.
    return { ...reading, name, usage, error: reading.error ?? exceptionMessage(span) };
  },
};
