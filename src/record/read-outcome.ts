import { firstOf } from '../base/first-of.ts';
import type { Turn } from '../spans/turn.ts';
import { type RecognisedSpan, recogniseSpan } from './dialects/classify-span.ts';
import { statusError } from './dialects/span-attributes.ts';
import { readAnswer, readQuestion } from './read-speech.ts';
import type { SpokenText, TurnReading } from './turn-reading.ts';
import { byStart, type TurnSpan, viewsOf } from './turn-spans.ts';

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
  const question =
    firstOf(askedSpans(root, spans), questionOf) ??
    // What stands above the agent may be all that holds it.
    firstOf(turn.ancestors, (ancestor) => questionOf(recogniseSpan(ancestor))) ??
    firstOf(spans.filter(isAround), questionOf);
  const callAnswer = firstOf(viewsOf(last), answerOf);
  const given = root && root !== last && root.kind !== 'tool' ? answerOf(root) : undefined;
  const rootAnswer = given && last && callAnswer && isThread(given, callAnswer, last, calls) ? callAnswer : given;
  const answer = rootAnswer ?? callAnswer;

  const agentError = lastAgentError(spans);
  const hasAnswered = answer !== undefined || calls.some((call) => !call.underTool && call.reading.answered);
  const error =
    (root && errorOf(root)) ??
    (last && failures.get(last)) ??
    // A view of the call around it may know of a failure that the inner one took for an answer.
    firstOf(viewsOf(last?.enclosingCall), errorOf) ??
    (last === undefined && answer === undefined ? agentError : undefined) ??
    (hasAnswered ? undefined : firstOf(turn.ancestors, statusError)?.toWellFormed());
  if (error !== undefined) return { question, answer, error, success: false };
  if (rootAnswer !== undefined) return { question, answer, error, success: true };
  const isCaptured = question !== undefined || calls.some(speaks);
  const hasEnded = last === undefined ? false : completed(last, callAnswer, isCaptured);
  const saysSo = root?.span.status.code === 'ok' && !(last && asksForTool(last)) && agentError === undefined;
  return { question, answer, error, success: hasEnded || saysSo ? true : undefined };
}

/** The spans that may hold the question, in the order in which they are believed. */
function askedSpans(root: TurnSpan | undefined, spans: readonly TurnSpan[]): readonly TurnSpan[] {
  const views = byStart(spans.filter((span) => span.kind === 'model' && !span.underTool));
  return [
    ...(root && root.kind !== 'tool' ? [root] : []),
    // A call that failed may show no words; the next one of the same conversation repeats them.
    ...views.filter((view) => view.owner === views[0]?.owner),
  ];
}

/** Where calls show no input, an agent or step around them may. */
function isAround({ kind, underTool }: TurnSpan): boolean {
  return !underTool && (kind === 'agent' || kind === 'step');
}

function questionOf({ reading }: RecognisedSpan): SpokenText | undefined {
  return readQuestion(reading.input());
}

/** Whether what a root gives is more than the answer: nothing but the texts of a conversation, one after the other. */
function isThread(given: SpokenText, answer: SpokenText, last: TurnSpan, calls: readonly TurnSpan[]): boolean {
  if (given.text === answer.text || !given.text.includes(answer.text)) return false;
  const messages = [...last.reading.input(), ...calls.flatMap(({ reading }) => reading.output())];
  // The longest first, for one may be a part of another.
  const texts = messages.flatMap((message) => message.texts).sort((a, b) => b.length - a.length);
  const rest = texts.reduce((left, text) => (text === '' ? left : left.replaceAll(text, '')), given.text);
  return rest.trim() === '';
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

/** Why the agent that began last failed. */
function lastAgentError(spans: readonly TurnSpan[]): string | undefined {
  const last = byStart(spans.filter(({ kind, underTool }) => kind === 'agent' && !underTool)).at(-1);
  return last && errorOf(last);
}

function speaks({ reading }: TurnSpan): boolean {
  return reading.output().some((message) => message.texts.length > 0);
}

function errorOf({ reading }: TurnSpan): string | undefined {
  return reading.error?.toWellFormed();
}
