import { metrics, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { logs, SeverityNumber } from '@opentelemetry/api-logs';
import type { Diagnostics } from '../base/diagnostics.ts';
import type { ConversationRecord } from '../record/conversation-columns.ts';
import { isTokenColumn } from './compare-records.ts';
import type { MismatchRecord } from './mismatch-columns.ts';

const EVENT_NAME = 'spanledger.token_mismatch';
const COUNTER_NAME = 'spanledger.token_mismatches';

/**
 * Tells of the differences of one turn: a log event with the turn's trace and a count by field and cause for each.
 * Values of text columns are not told. Providers are looked up each time, as the host may register them late;
 * without any it costs nothing. Never throws.
 */
export function publishMismatches(mismatches: readonly MismatchRecord[], solid: ConversationRecord): void {
  try {
    const { trace_id: traceId, span_id: spanId } = solid;
    const context =
      traceId === null || spanId === null
        ? ROOT_CONTEXT
        : trace.setSpanContext(ROOT_CONTEXT, {
            traceId,
            spanId,
            traceFlags: solid.sampled === true ? TraceFlags.SAMPLED : TraceFlags.NONE,
          });
    const logger = logs.getLogger('spanledger');
    const counter = metrics.getMeter('spanledger').createCounter(COUNTER_NAME, {
      description: 'Columns in which the legacy mapping and the span mapping of a turn differ.',
      unit: '{mismatch}',
    });
    for (const mismatch of mismatches) {
      const cause = mismatch.cause ?? 'unknown';
      counter.add(1, { 'spanledger.field': mismatch.field, 'spanledger.cause': cause });
      logger.emit({
        eventName: EVENT_NAME,
        severityNumber: SeverityNumber.WARN,
        severityText: 'WARN',
        body: `${mismatch.field}: ${cause}`,
        attributes: {
          'spanledger.message_id': mismatch.message_id,
          'spanledger.field': mismatch.field,
          'spanledger.cause': cause,
          'spanledger.explained': mismatch.explained ?? false,
          ...(isTokenColumn(mismatch.field) && {
            'spanledger.legacy_value': mismatch.legacy_value ?? 'NULL',
            'spanledger.solid_value': mismatch.solid_value ?? 'NULL',
          }),
          ...(mismatch.diff !== null && { 'spanledger.diff': mismatch.diff }),
          ...(mismatch.threshold !== null && { 'spanledger.threshold': mismatch.threshold }),
        },
        context,
      });
    }
  } catch {
    // The host's telemetry providers must not disturb the rows.
  }
}

/** Says the line that operators know from the system being replaced, word for word. Nothing where no side counted. */
export function sayTokenComparison(
  legacy: ConversationRecord,
  solid: ConversationRecord,
  differ: boolean,
  diagnostics: Diagnostics,
): void {
  const [legacyTotal, solidTotal] = [legacy.total_token_count, solid.total_token_count];
  if (legacyTotal === null && solidTotal === null) return;
  const diff = legacyTotal === null || solidTotal === null ? 'NULL' : Math.abs(solidTotal - legacyTotal);
  diagnostics.info(
    differ
      ? `[ANALYTICS] ⚠️ TOKEN MISMATCH: Legacy=${legacyTotal ?? 'NULL'}, SOLID=${solidTotal ?? 'NULL'}, diff=${diff}`
      : `[ANALYTICS] ✓ Tokens match: ${legacyTotal} (diff=${diff})`,
  );
}
