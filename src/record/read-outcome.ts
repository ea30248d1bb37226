import { firstOf } from '../base/first-of.ts';
import type { Turn } from '../spans/turn.ts';
import { statusError } from './dialects/span-attributes.ts';
import { readAnswer, readQuestion } from './read-speech.ts';
import type { SpokenText, TurnReading } from './turn-reading.ts';
import { byStart, type TurnSpan } from './turn-spans.ts';

/**
 * What was asked, what was answered, and how the turn ended.
 *
 * @param spans of the turn, parents before children
 * @param calls its model calls, in start order
 * @param failures why calls failed
 */
export function readOutcome(
  turn: Turn,
  spans: readonly TurnSpan[],
  calls: readonly TurnSpan[],
  failures: ReadonlyMap<TurnSpan, string>,
): Pick<TurnReading, 'question' | 'answer' | 'success' | 'error'> {
  // Several roots are parts of the turn, none of which speaks for it.
  const root = turn.roots.length === 1 ? spans[0] : undefined;
  const last = calls.findLast((call) => !call.underTool);
  const question = firstOf(askedSpans(root, spans), ({ reading }) => readQuestion(reading.input()));
  const rootAnswer = root && root !== last && root.kind !== 'tool' ? answerOf(root) : undefined;
  const callAnswer = firstOf(viewsOf(last), answerOf);
  const answer = rootAnswer ?? callAnswer;

  const hasAnswered = answer !== undefined || calls.some((call) => !call.underTool && call.reading.answered);
  const error =
    (root && errorOf(root)) ??
    (last && failures.get(last)) ??
    // A view of the call around it may know of a failure that the inner one took for an answer.
    firstOf(viewsOf(last?.enclosingCall), errorOf) ??
    (hasAnswered ? undefined : firstOf(turn.ancestors, statusError)?.toWellFormed());
  if (error !== undefined) return { question, answer, error, success: false };
  if (rootAnswer !== undefined) return { question, answer, error, success: true };
  const isCaptured = question !== undefined || calls.some(speaks);
  return { question, answer, error, success: last && completed(last, callAnswer, isCaptured) ? true : undefined };
}

/** The spans that may hold the question, in the order in which they are believed. */
function askedSpans(root: TurnSpan | undefined, spans: readonly TurnSpan[]): readonly TurnSpan[] {
  const views = byStart(spans.filter((span) => span.kind === 'model' && !span.underTool));
  return [
    ...(root && root.kind !== 'tool' ? [root] : []),
    // A call that failed may show no words; the next one of the same conversation repeats them.
    ...views.filter((view) => view.owner === views[0]?.owner),
    // Where calls show no input, an agent or step around them may.
    ...spans.filter(({ kind, underTool }) => !underTool && (kind === 'agent' || kind === 'step')),
  ];
}

/** A call, and the calls around it: views that several instrumentations have of the same one. */
function* viewsOf(call: TurnSpan | undefined): Generator<TurnSpan> {
  for (let view = call; view !== undefined; view = view.enclosingCall) yield view;
}

function answerOf({ reading }: TurnSpan): SpokenText | undefined {
  return readAnswer(reading.output());
}

/**
 * Whether the last call brought the turn to its end: it answered, and not with a tool call that nothing followed.
 * An answer without words counts only where its words are not captured.
 */
function completed(last: TurnSpan, answer: SpokenText | undefined, isCaptured: boolean): boolean {
  if (!last.reading.answered || asksForTool(last)) return false;
  return answer !== undefined || !isCaptured || !last.reading.showsResponse;
}

function asksForTool({ reading }: TurnSpan): boolean {
  if (reading.output().some((message) => message.toolRequests.length > 0)) return true;
  return reading.finishReasons.some((reason) => /^tool[-_ ]?(calls?|use)$/i.test(reason));
}

function speaks({ reading }: TurnSpan): boolean {
  return reading.output().some((message) => message.texts.length > 0);
}

function errorOf({ reading }: TurnSpan): string | undefined {
  return reading.error?.toWellFormed();
}
