import { type BaseTool, type Context, isFinalResponse, type LlmResponse } from '@google/adk';
import { messageAttributes } from '../message-attributes.ts';
import { describeActiveSpan } from './describe-active-span.ts';
import { questionAttributes, textOf } from './message-content.ts';
import { SpanledgerPlugin, type SpanledgerPluginOptions } from './spanledger-plugin.ts';

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
    // ADK calls an agent's own callbacks while the span of that agent is active.
    beforeAgent: (context) =>
      describeActiveSpan((agent) => {
        const question = capturesContent ? context.userContent : undefined;
        agent.setAttributes({
          ...options.attributes,
          ...questionAttributes(context.userId, context.sessionId, question),
        });
      }),
    afterAgent: (context) =>
      describeActiveSpan((agent) => {
        if (capturesContent) agent.setAttributes(messageAttributes({ answer: findAnswer(context) }));
      }),
    beforeTool: ({ tool, args, context }) => plugin.beforeToolCallback({ tool, toolArgs: args, toolContext: context }),
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
