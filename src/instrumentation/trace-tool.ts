import type { Span } from '@opentelemetry/api';
import { ATTRIBUTE_KEYS } from '../base/attribute-keys.ts';
import { recordSpan } from './record-span.ts';
import { withoutUndefined } from './without-undefined.ts';

export interface TraceToolOptions {
  /** Name of the tool, e.g. `find_invoices`. */
  readonly name: string;
  /** Id of the call that the model asked for. */
  readonly callId?: string | undefined;
}

/**
 * Runs one tool. The error of `work` is recorded and passes through untouched: a tool that failed and was handled by
 * the agent leaves the turn a success.
 *
 * @example
 * const invoices = await traceTool({ name: 'search_invoices', callId }, () => searchInvoices(taxId));
 */
export function traceTool<Result>(options: TraceToolOptions, work: (span: Span) => Result): Result {
  const attributes = withoutUndefined({
    [ATTRIBUTE_KEYS.operationName]: 'execute_tool',
    [ATTRIBUTE_KEYS.toolName]: options.name,
    [ATTRIBUTE_KEYS.toolCallId]: options.callId,
  });
  return recordSpan({ name: `execute_tool ${options.name}`, attributes }, work);
}
