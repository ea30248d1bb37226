import { isZip } from '../record/read-zip.ts';
import type { TurnReading } from '../record/turn-reading.ts';
import { walk } from '../spans/walk.ts';

/**
 * Whether the turn's ZIP, the one that was finished last, was finished only after the agent had answered. The old
 * tracker read ZIP metrics when the answer was there, so it stored none.
 */
export function zipArrivedLate({ turn, endTimeUnixNano: turnEnd }: TurnReading): boolean {
  if (turnEnd === undefined) return false;
  const ends: bigint[] = [];
  for (const root of turn.roots) {
    for (const { span } of walk(root)) {
      if (isZip(span) && span.endTimeUnixNano !== undefined) ends.push(span.endTimeUnixNano);
    }
  }
  return ends.some((end) => end > turnEnd);
}
