import { type Clock, systemClock } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import type { RowSink } from '../delivery/row-sink.ts';
import type { TurnMapping } from '../migration/run-mapping.ts';
import type { TurnExporter, TurnExportResult } from '../spans/turn-exporter.ts';
import { type RedactRecord, writeTurn, writeTurnSync } from './write-turn.ts';

export interface ConversationExporterOptions {
  readonly sink: RowSink;
  /** Makes the row, enriched. */
  readonly map: TurnMapping;
  /** Applies the content policy before any sink sees the row. One that throws costs the row. Default: none. */
  readonly redact?: RedactRecord | undefined;
  /** Time that `map` may take where it is asynchronous. Default 5,000 ms. */
  readonly timeoutMillis?: number | undefined;
  readonly diagnostics: Diagnostics;
  readonly clock?: Clock | undefined;
}

export const DEFAULT_MAPPING_TIMEOUT_MILLIS = 5_000;

/**
 * The exporter of `solid` mode: turn → row → redaction → sink. A failure of the mapping is a failed export, never an
 * exception.
 *
 * @example
 * const exporter = createConversationExporter({ sink, map: (turn) => enrich(buildRecord(turn)), diagnostics });
 * await exporter.export(turn); // { status: 'exported' }
 */
export function createConversationExporter(
  options: ConversationExporterOptions,
): Required<Pick<TurnExporter, 'export' | 'exportSync'>> {
  const { sink, map, redact, diagnostics } = options;
  const timeoutMillis = options.timeoutMillis ?? DEFAULT_MAPPING_TIMEOUT_MILLIS;
  const writer = { sink, map, redact, timeoutMillis, clock: options.clock ?? systemClock };
  const report = (reason: string): TurnExportResult => {
    diagnostics.warn('row_failed', `the row of a turn could not be written: ${reason}`);
    return { status: 'failed', reason };
  };
  return {
    async export(turn) {
      const written = await writeTurn(writer, turn, 'conversation_logs');
      const reason = written.status === 'failed' ? written.reason : await written.settled;
      return reason === undefined ? { status: 'exported' } : report(reason);
    },
    exportSync(turn) {
      const written = writeTurnSync(writer, turn, 'conversation_logs');
      if (written.status === 'failed') report(written.reason);
      sink.persistSync?.();
    },
  };
}
