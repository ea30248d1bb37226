import {
  BasePlugin,
  type BaseTool,
  type Context,
  type Event,
  type InvocationContext,
  isFinalResponse,
  type LlmRequest,
  type LlmResponse,
} from '@google/adk';
import { type Attributes, diag, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { ATTRIBUTE_KEYS, TOOL_ERROR_EVENT } from '../../base/attribute-keys.ts';
import { describeError } from '../../base/errors.ts';
import { messageJson } from '../message-json.ts';
import { findUsage, type UsageMetadata } from './find-usage.ts';
import { spanLinks } from './span-links.ts';

type Content = NonNullable<LlmResponse['content']>;

export interface SpanledgerPluginOptions {
  /**
   * Whether question and answer are put on ADK's spans, from where rows take them. Default: true.
   * Trace exporters of this package leave message content out by default; a span exporter of the host's own does not.
   */
  readonly captureContent?: boolean;
  /** Text attributes for every turn, e.g. `{ 'spanledger.api_version': '1.4.0' }`. */
  readonly attributes?: Readonly<Record<string, string>>;
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

  override async onUserMessageCallback(params: {
    readonly invocationContext: InvocationContext;
    readonly userMessage: Content;
  }): Promise<undefined> {
    this.#guard((invocation) => {
      const question = this.#captureContent ? textOf(params.userMessage) : undefined;
      const attributes: Attributes = {
        ...this.#attributes,
        [ATTRIBUTE_KEYS.userId]: params.invocationContext.userId,
        [ATTRIBUTE_KEYS.sessionId]: params.invocationContext.session.id,
      };
      if (question !== undefined) attributes[ATTRIBUTE_KEYS.inputMessages] = messageJson('user', question);
      this.#links.childAttributes.set(invocation, { namePrefix: 'invoke_agent', attributes });
    });
  }

  override async onEventCallback(params: { readonly event: Event }): Promise<undefined> {
    this.#guard((invocation) => {
      const { event } = params;
      if (!this.#captureContent || event.partial === true || event.author === 'user') return;
      const answer = isFinalResponse(event) ? textOf(event.content) : undefined;
      if (answer === undefined) return;
      this.#links.agents.get(invocation)?.setAttribute(ATTRIBUTE_KEYS.outputMessages, messageJson('assistant', answer));
    });
  }

  override async afterModelCallback(params: {
    readonly callbackContext: Context;
    readonly llmResponse: LlmResponse;
  }): Promise<undefined> {
    this.#guard((callLlm) => {
      const { llmResponse, callbackContext } = params;
      const usage = findUsage({ response: llmResponse, callbackContext });
      if (usage !== undefined) callLlm.setAttributes(usageAttributes(usage));
      if (llmResponse.modelVersion !== undefined) {
        callLlm.setAttribute(ATTRIBUTE_KEYS.responseModel, llmResponse.modelVersion);
      }
      if (llmResponse.errorCode !== undefined) {
        setError(callLlm, llmResponse.errorCode, llmResponse.errorMessage ?? llmResponse.errorCode);
      }
    });
  }

  override async onModelErrorCallback(params: {
    readonly llmRequest: LlmRequest;
    readonly error: Error;
  }): Promise<undefined> {
    this.#guard((callLlm) => setError(callLlm, params.error.name, describeError(params.error)));
  }

  override async beforeToolCallback(params: {
    readonly tool: BaseTool;
    readonly toolContext: Context;
  }): Promise<undefined> {
    this.#guard((callLlm) => {
      const attributes: Attributes = { [ATTRIBUTE_KEYS.toolName]: params.tool.name };
      const callId = params.toolContext.functionCallId;
      if (callId !== undefined) attributes[ATTRIBUTE_KEYS.toolCallId] = callId;
      this.#links.childAttributes.set(callLlm, { namePrefix: `execute_tool ${params.tool.name}`, attributes });
    });
  }

  /** The tool's span has ended by now, so its error stands on the model call that asked for it. */
  override async onToolErrorCallback(params: {
    readonly tool: BaseTool;
    readonly toolContext: Context;
    readonly error: Error;
  }): Promise<undefined> {
    this.#guard((callLlm) => {
      callLlm.addEvent(TOOL_ERROR_EVENT, {
        [ATTRIBUTE_KEYS.toolName]: params.tool.name,
        [ATTRIBUTE_KEYS.toolCallId]: params.toolContext.functionCallId ?? '',
        [ATTRIBUTE_KEYS.errorType]: params.error.name,
        [ATTRIBUTE_KEYS.errorMessage]: describeError(params.error),
      });
    });
  }

  #guard(work: (active: Span) => void): void {
    try {
      const active = trace.getActiveSpan();
      if (active?.isRecording() === true) work(active);
    } catch (error) {
      diag.warn(`spanledger: the ADK plugin left something out: ${describeError(error)}`);
    }
  }
}

/** Text parts, reasoning left out; `undefined` where there is none. */
export function textOf(content: Content | undefined): string | undefined {
  const texts = (content?.parts ?? []).flatMap((part) =>
    typeof part.text === 'string' && part.thought !== true ? [part.text] : [],
  );
  const text = texts.join('');
  return text === '' ? undefined : text;
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
