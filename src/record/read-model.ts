import type { TurnReading } from './turn-reading.ts';
import type { TurnSpan } from './turn-spans.ts';

type ModelReading = Pick<TurnReading, 'provider' | 'requestModel' | 'responseModel' | 'finishReasons'>;

/**
 * The model that a turn is put down to: that of its last call that answered, calls below a tool left aside. Where none
 * answered, the one that was asked last; where there is no call at all, the one that an agent names.
 *
 * @param calls model calls of the turn, in start order
 */
export function readModel(spans: readonly TurnSpan[], calls: readonly TurnSpan[]): ModelReading {
  const top = calls.filter((call) => !call.underTool);
  const candidates = top.length > 0 ? top : calls;
  const answered = candidates.findLast((call) => call.recognised?.reading.answered === true);
  const asked = answered ?? candidates.at(-1) ?? spans.find((span) => span.recognised?.kind === 'agent');
  return {
    provider: asked?.recognised?.reading.provider,
    requestModel: asked?.recognised?.reading.requestModel,
    responseModel: answered?.recognised?.reading.responseModel,
    finishReasons: answered?.recognised?.reading.finishReasons ?? [],
  };
}
