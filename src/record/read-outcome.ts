import type { Turn } from '../spans/turn.ts';
import { statusError } from './dialects/span-attributes.ts';
import { readAnswer, readQuestion, SILENCE } from './read-speech.ts';
import type { SpokenText } from './turn-reading.ts';
import { byStart, type TurnSpan } from './turn-spans.ts';

/** What was asked, what was answered, and how the turn ended. */
export interface OutcomeReading {
  readonly question: SpokenText;
  readonly answer: SpokenText;
  readonly success: boolean | undefined;
  readonly error: string | undefined;
}

/**
 * @param spans of the turn, parents before children
 * @param calls its model calls, in start order
 * @param failures why calls failed
 */
export function readOutcome(
  turn: Turn,
  spans: readonly TurnSpan[],
  calls: readonly TurnSpan[],
  failures: ReadonlyMap<TurnSpan, string>,
): OutcomeReading {
  const root = onlyRoot(turn, spans);
  const last = calls.findLast((call) => !call.underTool);
  const question = questionOf(root, spans);
  const rootAnswer = root && root !== last && !isTool(root) ? answerOf(root) : SILENCE;
  const callAnswer = last === undefined ? SILENCE : callAnswerOf(last);
  const answer = rootAnswer.text === undefined ? callAnswer : rootAnswer;

  const hasAnswered = answer.text !== undefined || calls.some((call) => !call.underTool && isAnswered(call));
  const error =
    (root && errorOf(root)) ??
    (last && (failures.get(last) ?? enclosingError(last))) ??
    (hasAnswered ? undefined : ancestorError(turn));
  if (error !== undefined) return { question, answer, error, success: false };

  if (rootAnswer.text !== undefined || (last === undefined && answer.text !== undefined)) {
    return { question, answer, error, success: true };
  }
  const isCaptured = question.text !== undefined || calls.some((call) => speaks(call));
  return { question, answer, error, success: last && completed(last, callAnswer, isCaptured) ? true : undefined };
}

/** The root that speaks for the turn; several roots are parts of it, none of which does. */
function onlyRoot(turn: Turn, spans: readonly TurnSpan[]): TurnSpan | undefined {
  return turn.roots.length === 1 ? spans[0] : undefined;
}

function questionOf(root: TurnSpan | undefined, spans: readonly TurnSpan[]): SpokenText {
  const asked = root && !isTool(root) ? readQuestion(root.recognised?.reading.input() ?? []) : SILENCE;
  if (asked.text !== undefined) return asked;
  const views = byStart(spans.filter((span) => span.recognised?.kind === 'model' && !span.underTool));
  for (const view of views) {
    // A call that failed may show no words; the next one of the same conversation repeats them.
    if (view.owner !== views[0]?.owner) continue;
    const question = readQuestion(view.recognised?.reading.input() ?? []);
    if (question.text !== undefined) return question;
  }
  // Where calls show no input, an agent or step around them may.
  for (const { recognised, underTool } of spans) {
    if (underTool || (recognised?.kind !== 'agent' && recognised?.kind !== 'step')) continue;
    const question = readQuestion(recognised.reading.input());
    if (question.text !== undefined) return question;
  }
  return SILENCE;
}

function callAnswerOf(call: TurnSpan): SpokenText {
  for (let view: TurnSpan | undefined = call; view !== undefined; view = view.enclosingCall) {
    const answer = answerOf(view);
    if (answer.text !== undefined) return answer;
  }
  return SILENCE;
}

function answerOf(span: TurnSpan): SpokenText {
  return readAnswer(span.recognised?.reading.output() ?? []);
}

/**
 * Whether the last call brought the turn to its end: it answered, and not with a tool call that nothing followed.
 * An answer without words counts only where its words are not captured.
 */
function completed(last: TurnSpan, answer: SpokenText, isCaptured: boolean): boolean {
  if (!isAnswered(last) || asksForTool(last)) return false;
  return answer.text !== undefined || !isCaptured || last.recognised?.reading.showsResponse === false;
}

function asksForTool(call: TurnSpan): boolean {
  const reading = call.recognised?.reading;
  if (reading === undefined) return false;
  if (reading.output().some((message) => message.toolRequests.length > 0)) return true;
  return reading.finishReasons.some((reason) => /^tool[-_ ]?(calls?|use)$/i.test(reason));
}

function speaks(call: TurnSpan): boolean {
  return call.recognised?.reading.output().some((message) => message.texts.length > 0) === true;
}

function isAnswered(call: TurnSpan): boolean {
  return call.recognised?.reading.answered === true;
}

/** A view of the call around it may know of a failure that the inner one took for an answer. */
function enclosingError(call: TurnSpan): string | undefined {
  for (let view = call.enclosingCall; view !== undefined; view = view.enclosingCall) {
    const error = errorOf(view);
    if (error !== undefined) return error;
  }
  return undefined;
}

function ancestorError(turn: Turn): string | undefined {
  for (const ancestor of turn.ancestors) {
    const error = statusError(ancestor);
    if (error !== undefined) return error.toWellFormed();
  }
  return undefined;
}

function errorOf(span: TurnSpan): string | undefined {
  return span.recognised?.reading.error?.toWellFormed();
}

function isTool(span: TurnSpan): boolean {
  return span.recognised?.kind === 'tool';
}
