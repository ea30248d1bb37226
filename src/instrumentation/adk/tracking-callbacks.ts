import { type BaseTool, type Context, isFinalResponse, type LlmResponse } from '@google/adk';
import { type Attributes, diag, type Span, trace } from '@opentelemetry/api';
import { ATTRIBUTE_KEYS } from '../../base/attribute-keys.ts';
import { describeError } from '../../base/errors.ts';
import { messageJson } from '../message-json.ts';
import { SpanledgerPlugin, type SpanledgerPluginOptions, textOf } from './spanledger-plugin.ts';

/** Callbacks of an ADK agent, as its options name and call them. All return nothing, so that ADK goes on as it would. */
export interface TrackingCallbacks {
  readonly beforeAgent: (context: Context) => undefined;
  readonly afterAgent: (context: Context) => undefined;
  readonly beforeTool: (params: {
    readonly tool: BaseTool;
    readonly args: Record<string, unknown>;
    readonly context: Context;
  }) => Promise<undefined>;
  readonly afterModel: (params: { readonly context: Context; readonly response: LlmResponse }) => Promise<undefined>;
}

/**
 * What {@link SpanledgerPlugin} does, for a host that gives its agents callbacks and cannot add a plugin to its runner.
 * Nothing is kept between calls: each callback writes to the span of the very call that it is made for, so any number
 * of turns may run at once. A model or a tool that throws has no callback; its error is on ADK's own spans as far as
 * ADK puts it there.
 *
 * @example
 * const { beforeAgent, afterAgent, beforeTool, afterModel } = createTrackingCallbacks();
 * const agent = new LlmAgent({
 *   name: 'invoice_agent',
 *   model: 'gemini-2.5-flash',
 *   beforeAgentCallback: beforeAgent,
 *   afterAgentCallback: afterAgent,
 *   beforeToolCallback: beforeTool,
 *   afterModelCallback: afterModel,
 * });
 */
export function createTrackingCallbacks(options: SpanledgerPluginOptions = {}): TrackingCallbacks {
  const plugin = new SpanledgerPlugin(options);
  const capturesContent = options.captureContent ?? true;
  return {
    beforeAgent: (context) =>
      describeActiveSpan((agent) => {
        const question = capturesContent ? textOf(context.userContent) : undefined;
        const attributes: Attributes = {
          ...options.attributes,
          [ATTRIBUTE_KEYS.userId]: context.userId,
          [ATTRIBUTE_KEYS.sessionId]: context.sessionId,
        };
        if (question !== undefined) attributes[ATTRIBUTE_KEYS.inputMessages] = messageJson('user', question);
        agent.setAttributes(attributes);
      }),
    afterAgent: (context) =>
      describeActiveSpan((agent) => {
        const answer = capturesContent ? findAnswer(context) : undefined;
        if (answer !== undefined) agent.setAttribute(ATTRIBUTE_KEYS.outputMessages, messageJson('assistant', answer));
      }),
    beforeTool: ({ tool, context }) => plugin.beforeToolCallback({ tool, toolContext: context }),
    afterModel: ({ context, response }) =>
      plugin.afterModelCallback({ callbackContext: context, llmResponse: response }),
  };
}

/** Ready-made callbacks without options, so that an agent changes one import. */
const CALLBACKS = createTrackingCallbacks();
export const beforeAgent: TrackingCallbacks['beforeAgent'] = CALLBACKS.beforeAgent;
export const afterAgent: TrackingCallbacks['afterAgent'] = CALLBACKS.afterAgent;
export const beforeTool: TrackingCallbacks['beforeTool'] = CALLBACKS.beforeTool;
export const afterModel: TrackingCallbacks['afterModel'] = CALLBACKS.afterModel;

/** The last final answer of this invocation: the session holds earlier turns as well. */
function findAnswer({ invocationContext, invocationId }: Context): string | undefined {
  const event = invocationContext.session.events.findLast(
    (each) =>
      each.invocationId === invocationId && each.author !== 'user' && each.partial !== true && isFinalResponse(each),
  );
  return textOf(event?.content);
}

/** ADK calls an agent's own callbacks while the span of that agent is active. Never throws into the agent. */
function describeActiveSpan(describe: (agent: Span) => void): undefined {
  try {
    const active = trace.getActiveSpan();
    if (active?.isRecording() === true) describe(active);
  } catch (error) {
    diag.warn(`spanledger: an ADK callback left something out: ${describeError(error)}`);
  }
}
