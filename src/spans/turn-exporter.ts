import type { SpanSnapshot } from './span-snapshot.ts';
import type { Turn } from './turn.ts';

export type TurnExportResult =
  /** Every row of the turn is stored, durable, held for delivery, or accounted for as dropped. */
  { readonly status: 'exported' } | { readonly status: 'failed'; readonly reason: string };

/**
 * Takes finished turns from the turn processor and makes rows of them. No method throws or rejects: what goes wrong
 * is a result, and is counted by the sink.
 */
export interface TurnExporter {
  export(turn: Turn): Promise<TurnExportResult>;
  /** Takes a span that adds to a turn of another process, which its attributes name. */
  amend(span: SpanSnapshot): Promise<TurnExportResult>;
  /** Makes the turn's row durable before it returns, for the process's `exit` event. */
  exportSync(turn: Turn): void;
  /** Hands over what exports that are still running have ready, for the process's `exit` event. */
  finishSync(): void;
}
