import type { Context, LlmResponse, Session } from '@google/adk';

export type UsageMetadata = NonNullable<LlmResponse['usageMetadata']>;

export interface UsagePlaces {
  readonly response?: LlmResponse | undefined;
  readonly callbackContext?: Context | undefined;
  /** With the invocation whose events count: usage of an earlier turn must never be taken for this one's. */
  readonly session?: Session | undefined;
  readonly invocationId?: string | undefined;
}

/**
 * Looks for the usage of a model call where ADK may have put it: the response object, then the callback's context,
 * then the last model event of the session that belongs to the same invocation.
 *
 * @returns `undefined` where none of them holds any
 */
export function findUsage(places: UsagePlaces): UsageMetadata | undefined {
  return places.response?.usageMetadata ?? usageOfContext(places.callbackContext) ?? usageOfSession(places);
}

/** Hosts with callbacks of their own keep the response on the context. */
function usageOfContext(context: Context | undefined): UsageMetadata | undefined {
  const response: unknown = context === undefined ? undefined : Reflect.get(context, 'llmResponse');
  if (typeof response !== 'object' || response === null || !('usageMetadata' in response)) return undefined;
  return isUsage(response.usageMetadata) ? response.usageMetadata : undefined;
}

function usageOfSession({ session, invocationId }: UsagePlaces): UsageMetadata | undefined {
  const event = session?.events.findLast(
    (each) => each.invocationId === invocationId && each.content?.role === 'model' && each.partial !== true,
  );
  return event?.usageMetadata;
}

function isUsage(value: unknown): value is UsageMetadata {
  return typeof value === 'object' && value !== null;
}
