import { type Context, SpanStatusCode, trace } from '@opentelemetry/api';
import { ATTRIBUTE_KEYS } from '../../base/attribute-keys.ts';
import type { ReadableSpan, Span, SpanProcessor } from '../../base/sdk-types.ts';
import { spanLinks } from './span-links.ts';

const ADK_SCOPE = 'gcp.vertex.agent';

/**
 * The half of the ADK plugin that sees spans start and end. ADK calls a plugin while `invocation` or `call_llm` is the
 * active span, never `invoke_agent` or `execute_tool`; so what the plugin learns is laid down here for the child that
 * starts next. Registered before the turn processor, so that its attributes are part of the snapshot.
 */
export class AdkSpanProcessor implements SpanProcessor {
  readonly #links = spanLinks();

  onStart(span: Span, parentContext: Context): void {
    const parent = trace.getSpan(parentContext);
    if (parent === undefined) return;
    // Of every span: a tool's own spans stand between the active one and ADK's.
    this.#links.parents.set(span, parent);
    if (span.instrumentationScope.name !== ADK_SCOPE) return;
    if (span.name.startsWith('invoke_agent') && !this.#links.agents.has(parent)) this.#links.agents.set(parent, span);
    const known = this.#links.childAttributes.get(parent);
    if (known !== undefined && span.name.startsWith(known.namePrefix)) span.setAttributes(known.attributes);
  }

  /** ADK describes a tool call on its span once the tool has returned: one that ends undescribed has thrown. */
  onEnding(span: Span): void {
    if (span.instrumentationScope.name !== ADK_SCOPE || !span.name.startsWith('execute_tool ')) return;
    if (span.attributes[ATTRIBUTE_KEYS.operationName] !== undefined) return;
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttribute(ATTRIBUTE_KEYS.errorType, '_OTHER');
  }

  onEnd(_span: ReadableSpan): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
