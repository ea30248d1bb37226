import { type Attributes, type Span, trace } from '@opentelemetry/api';
import { ATTRIBUTE_KEYS } from '../base/attribute-keys.ts';
import { messageAttributes } from './message-attributes.ts';
import { recordSpan } from './record-span.ts';
import { withTurnBaggage } from './turn-baggage.ts';
import { withoutUndefined } from './without-undefined.ts';

export interface TraceAgentOptions {
  /** Name of the agent, e.g. `invoice_agent`. */
  readonly name: string;
  /** What the user asked. */
  readonly question?: string | undefined;
  /** Groups the turns of a conversation: the column `conversation_id`. Default: the session's id, else the trace's. */
  readonly conversationId?: string | undefined;
  /** The column `session_id`. Default: the conversation's id, else NULL. */
  readonly sessionId?: string | undefined;
  /** The column `user_id`. Default: NULL. */
  readonly userId?: string | undefined;
  /** Version of the agent's own interface. */
  readonly apiVersion?: string | undefined;
  /** Whose request it is: the columns of `client_info`. */
  readonly client?:
    | {
        /** Of the HTTP request. */
        readonly userAgent?: string | undefined;
        readonly ipAddress?: string | undefined;
        /** In your own words, e.g. `web`. */
        readonly platform?: string | undefined;
      }
    | undefined;
  /** Further attributes of the span. */
  readonly attributes?: Attributes | undefined;
}

/** What a traced agent can say of itself while it runs. */
export interface AgentTrace {
  /** The span itself, for attributes of your own. */
  readonly span: Span;
  /** What the agent answered; the last value wins. */
  setAnswer(answer: string): void;
  /** The raw response of an MCP server that the answer was made from. */
  setRawMcpResponse(response: string): void;
}

/**
 * Runs one agent turn: everything that is traced within becomes one row.
 * The error of `work` is recorded and passes through untouched; its result is returned as it is, promise or not.
 *
 * @example
 * const answer = await traceAgent({ name: 'invoice_agent', question, userId, sessionId }, async (agent) => {
 *   const text = await answerQuestion(question);
 *   agent.setAnswer(text);
 *   return text;
 * });
 */
export function traceAgent<Result>(options: TraceAgentOptions, work: (agent: AgentTrace) => Result): Result {
  return recordSpan(
    {
      name: `invoke_agent ${options.name}`,
      attributes: agentAttributes(options),
      contextWith: (span, parent) => withTurnBaggage(trace.setSpan(parent, span), span),
    },
    (span) =>
      work({
        span,
        setAnswer: (answer) => span.setAttributes(messageAttributes({ answer })),
        setRawMcpResponse: (response) => span.setAttribute(ATTRIBUTE_KEYS.rawMcpResponse, response),
      }),
  );
}

function agentAttributes(options: TraceAgentOptions): Attributes {
  const { question, client } = options;
  return withoutUndefined({
    ...options.attributes,
    [ATTRIBUTE_KEYS.operationName]: 'invoke_agent',
    [ATTRIBUTE_KEYS.agentName]: options.name,
    [ATTRIBUTE_KEYS.conversationId]: options.conversationId,
    [ATTRIBUTE_KEYS.sessionId]: options.sessionId,
    [ATTRIBUTE_KEYS.userId]: options.userId,
    [ATTRIBUTE_KEYS.apiVersion]: options.apiVersion,
    [ATTRIBUTE_KEYS.clientUserAgent]: client?.userAgent,
    [ATTRIBUTE_KEYS.clientIpAddress]: client?.ipAddress,
    [ATTRIBUTE_KEYS.clientPlatform]: client?.platform,
    ...messageAttributes({ question }),
  });
}
