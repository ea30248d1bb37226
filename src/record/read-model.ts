import { firstOf } from '../base/first-of.ts';
import type { TurnReading } from './turn-reading.ts';
import { type TurnSpan, viewsOf } from './turn-spans.ts';

/**
 * The model that a turn is put down to: that of its last call that answered, calls below a tool left aside. Where none
 * answered, the one that was asked last, as any view of that call names it; where there is no call at all, the one that
 * an agent names.
 *
 * @param calls model calls of the turn, in start order
 */
export function readModel(
  spans: readonly TurnSpan[],
  calls: readonly TurnSpan[],
): Pick<TurnReading, 'provider' | 'requestModel' | 'responseModel' | 'finishReasons'> {
  const top = calls.filter((call) => !call.underTool);
  const candidates = top.length > 0 ? top : calls;
  const answered = candidates.findLast((call) => call.reading.answered);
  const asked = answered ?? candidates.at(-1);
  const views =
    asked === undefined
      ? spans.filter((span) => span.kind === 'agent')
      : [...viewsOf(asked), ...spans.filter((span) => span.kind === 'model' && span.enclosingCall === asked)];
  return {
    provider: firstOf(views, ({ reading }) => reading.provider),
    requestModel: firstOf(views, ({ reading }) => reading.requestModel),
    responseModel: firstOf(viewsOf(answered), ({ reading }) => reading.responseModel),
    finishReasons:
      firstOf(viewsOf(answered), ({ reading: { finishReasons } }) =>
        finishReasons.length > 0 ? finishReasons : undefined,
      ) ?? [],
  };
}
