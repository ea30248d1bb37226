import type { Clock, Timer } from '../base/clock.ts';
import { describeError } from '../base/errors.ts';
import type { ConversationRecord } from '../record/conversation-columns.ts';
import type { Turn } from '../spans/turn.ts';

/** Makes the row of a finished turn. May throw, reject or never settle: {@link runMapping} contains it. */
export type TurnMapping = (turn: Turn) => ConversationRecord | Promise<ConversationRecord>;

export type MappingResult =
  | { readonly status: 'mapped'; readonly record: ConversationRecord }
  | { readonly status: 'failed'; readonly reason: string };

/**
 * Runs one mapping of one turn to a result. Never rejects. A mapping that is still busy after `timeoutMillis` has
 * failed; what it does later is ignored.
 */
export async function runMapping(
  map: TurnMapping,
  turn: Turn,
  timeoutMillis: number,
  clock: Clock,
): Promise<MappingResult> {
  let timer: Timer | undefined;
  try {
    const mapped = map(turn);
    if (!(mapped instanceof Promise)) return { status: 'mapped', record: mapped };
    const timedOut = new Promise<MappingResult>((resolve) => {
      timer = clock.setTimer(
        () => resolve({ status: 'failed', reason: `no row within ${timeoutMillis} ms` }),
        timeoutMillis,
      );
    });
    return await Promise.race([mapped.then((record): MappingResult => ({ status: 'mapped', record })), timedOut]);
  } catch (error) {
    return { status: 'failed', reason: describeError(error) };
  } finally {
    timer?.cancel();
  }
}
