import { BasePlugin, isFinalResponse } from '@google/adk';
import { type Attributes, type Span, SpanStatusCode } from '@opentelemetry/api';
import { ATTRIBUTE_KEYS, TOOL_ERROR_EVENT } from '../../base/attribute-keys.ts';
import { describeError } from '../../base/errors.ts';
import { messageAttributes } from '../message-attributes.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { describeActiveSpan } from './describe-active-span.ts';
import { findUsage, type UsageMetadata } from './find-usage.ts';
import { questionAttributes, textOf } from './message-content.ts';
import { spanLinks } from './span-links.ts';

/** What ADK hands to a hook. */
type HookParams<Hook extends keyof BasePlugin> = BasePlugin[Hook] extends (params: infer Params) => unknown
  ? Params
  : never;

export interface SpanledgerPluginOptions {
  /**
   * Whether question and answer are put on ADK's spans, from where rows take them. Default: true.
   * Trace exporters of this package leave message content out by default; a span exporter of the host's own does not.
   */
  readonly captureContent?: boolean | undefined;
  /** Text attributes for every turn, e.g. `{ 'spanledger.api_version': '1.4.0' }`. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

/**
 * ADK plugin that adds to ADK's own spans what they lack: user, question, answer, cached, reasoning and total tokens,
 * model and tool errors. It makes no spans, changes nothing in the agent, and never throws into it: an exception out
 * of a hook would become a model error there.
 *
 * @example
 * const runner = new InMemoryRunner({ agent, appName: 'invoices', plugins: [new SpanledgerPlugin()] });
 */
export class SpanledgerPlugin extends BasePlugin {
  readonly #captureContent: boolean;
  readonly #attributes: Attributes;
  readonly #links = spanLinks();

  constructor(options: SpanledgerPluginOptions = {}) {
    super('spanledger');
    this.#captureContent = options.captureContent ?? true;
    this.#attributes = options.attributes ?? {};
  }

  override async onUserMessageCallback(params: HookParams<'onUserMessageCallback'>): Promise<undefined> {
    describeActiveSpan((invocation) => {
      const { userId, session } = params.invocationContext;
      const question = this.#captureContent ? params.userMessage : undefined;
      const attributes = { ...this.#attributes, ...questionAttributes(userId, session.id, question) };
      this.#links.childAttributes.set(invocation, { namePrefix: 'invoke_agent', attributes });
    });
  }

  override async onEventCallback({ event }: HookParams<'onEventCallback'>): Promise<undefined> {
    describeActiveSpan((invocation) => {
      if (!this.#captureContent || event.partial === true || event.author === 'user' || !isFinalResponse(event)) return;
      this.#links.agents.get(invocation)?.setAttributes(messageAttributes({ answer: textOf(event.content) }));
    });
  }

  override async afterModelCallback(params: HookParams<'afterModelCallback'>): Promise<undefined> {
    describeActiveSpan((callLlm) => {
      const { llmResponse, callbackContext } = params;
      const usage = findUsage(llmResponse, callbackContext);
      if (usage !== undefined) callLlm.setAttributes(usageAttributes(usage));
      if (llmResponse.modelVersion !== undefined) {
        callLlm.setAttribute(ATTRIBUTE_KEYS.responseModel, llmResponse.modelVersion);
      }
      if (llmResponse.errorCode !== undefined) {
        setError(callLlm, llmResponse.errorCode, llmResponse.errorMessage ?? llmResponse.errorCode);
      }
    });
  }

  /** ADK names the model of a call with its response only. */
  override async onModelErrorCallback({ error, llmRequest }: HookParams<'onModelErrorCallback'>): Promise<undefined> {
    describeActiveSpan((callLlm) => {
      callLlm.setAttributes(withoutUndefined({ [ATTRIBUTE_KEYS.requestModel]: llmRequest.model }));
      setError(callLlm, error.name, describeError(error));
    });
  }

  override async beforeToolCallback({ tool, toolContext }: HookParams<'beforeToolCallback'>): Promise<undefined> {
    describeActiveSpan((callLlm) => {
      const attributes = withoutUndefined({
        [ATTRIBUTE_KEYS.toolName]: tool.name,
        [ATTRIBUTE_KEYS.toolCallId]: toolContext.functionCallId,
      });
      this.#links.childAttributes.set(callLlm, { namePrefix: `execute_tool ${tool.name}`, attributes });
    });
  }

  /** The tool's span has ended by now, so its error stands on the model call that asked for it. */
  override async onToolErrorCallback(params: HookParams<'onToolErrorCallback'>): Promise<undefined> {
    const { tool, toolContext, error } = params;
    describeActiveSpan((callLlm) => {
      callLlm.addEvent(TOOL_ERROR_EVENT, {
        [ATTRIBUTE_KEYS.toolName]: tool.name,
        [ATTRIBUTE_KEYS.toolCallId]: toolContext.functionCallId ?? '',
        [ATTRIBUTE_KEYS.errorType]: error.name,
        [ATTRIBUTE_KEYS.errorMessage]: describeError(error),
      });
    });
  }
}

/** Only what ADK does not write itself; a count that is not reported stays away. */
function usageAttributes(usage: UsageMetadata): Attributes {
  const attributes: Attributes = {};
  const counts = {
    [ATTRIBUTE_KEYS.cacheReadInputTokens]: usage.cachedContentTokenCount,
    [ATTRIBUTE_KEYS.reasoningOutputTokens]: usage.thoughtsTokenCount,
    [ATTRIBUTE_KEYS.toolUsePromptTokens]: usage.toolUsePromptTokenCount,
    [ATTRIBUTE_KEYS.totalTokens]: usage.totalTokenCount,
  };
  for (const [key, count] of Object.entries(counts)) if (typeof count === 'number') attributes[key] = count;
  return attributes;
}

function setError(span: Span, type: string, message: string): void {
  span.setAttributes({ [ATTRIBUTE_KEYS.errorType]: type, [ATTRIBUTE_KEYS.errorMessage]: message });
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
