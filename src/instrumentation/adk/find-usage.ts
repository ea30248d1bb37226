import type { Context, LlmResponse } from '@google/adk';
import { isObject } from '../../base/json-value.ts';

export type UsageMetadata = NonNullable<LlmResponse['usageMetadata']>;

/** Usage of a model call, as its response says it; else as a host with callbacks of its own kept it on the context. */
export function findUsage({ usageMetadata }: LlmResponse, context: Context | undefined): UsageMetadata | undefined {
  if (usageMetadata !== undefined) return usageMetadata;
  const kept: unknown = context === undefined ? undefined : Reflect.get(context, 'llmResponse');
  const usage = isObject(kept) ? kept.usageMetadata : undefined;
  return isObject(usage) ? usage : undefined;
}
