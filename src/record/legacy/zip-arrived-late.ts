import { ATTRIBUTE_KEYS } from '../../instrumentation/attribute-keys.ts';
import { walk } from '../../span-tree/walk.ts';
import type { TurnReading } from '../turn-reading.ts';

/**
 * Whether the turn's ZIP was finished only after the agent had answered. The old tracker read ZIP metrics at that
 * moment, so it stored none.
 */
export function zipArrivedLate(reading: TurnReading): boolean {
  const { zip, turn, endTimeUnixNano: turnEnd } = reading;
  if (zip === undefined || turnEnd === undefined) return false;
  for (const root of turn.roots) {
    for (const { span } of walk(root)) {
      if (span.attributes[ATTRIBUTE_KEYS.zipId] !== zip.id) continue;
      if (span.endTimeUnixNano === undefined || span.endTimeUnixNano > turnEnd) return true;
    }
  }
  return false;
}
