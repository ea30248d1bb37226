import { type Attributes, context } from '@opentelemetry/api';
import { ATTRIBUTE_KEYS } from '../base/attribute-keys.ts';
import { withTurnAttributes } from '../spans/turn-attributes.ts';
import { withoutUndefined } from './without-undefined.ts';

export interface TurnContextOptions {
  /** The column `user_id`. */
  readonly userId?: string | undefined;
  /** The column `session_id`. */
  readonly sessionId?: string | undefined;
  /** The column `conversation_id`. */
  readonly conversationId?: string | undefined;
  /** Further attributes of the turn, by any names. */
  readonly attributes?: Attributes | undefined;
}

/**
 * Says who asks and in which conversation, for every turn that begins within `work`, whatever framework makes its spans
 * and whatever those say of it. What is said reaches the row only: the spans of the host stay as they are. A call within
 * another one adds to it. The result of `work`, promise or not, and its error pass through untouched.
 *
 * It works where the ledger's span processors do (`start`, `createSpanledger`); a plain span exporter sees no context.
 *
 * @example
 * app.post('/chat', (request, response) =>
 *   withTurnContext({ userId: request.user.id, conversationId: request.body.chat }, () => answer(request, response)));
 */
export function withTurnContext<Result>(options: TurnContextOptions, work: () => Result): Result {
  const attributes = withoutUndefined({
    ...options.attributes,
    [ATTRIBUTE_KEYS.turnUserId]: options.userId,
    [ATTRIBUTE_KEYS.turnSessionId]: options.sessionId,
    [ATTRIBUTE_KEYS.turnConversationId]: options.conversationId,
  });
  return context.with(withTurnAttributes(context.active(), attributes), work);
}
