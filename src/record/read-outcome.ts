import type { Turn } from '../span-tree/turn.ts';
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
 */
export function readOutcome(turn: Turn, spans: readonly TurnSpan[], calls: readonly TurnSpan[]): OutcomeReading {
  const root = onlyRoot(turn, spans);
  const topCalls = calls.filter((call) => !call.underTool);
  const last = topCalls.at(-1);
  const question = questionOf(root, spans);
  const answer = answerOf(root, last);
  const hasAnswer = answer.text !== undefined;

  const ownError = (root && errorOf(root)) ?? (last && errorOf(last));
  const hasCompleted = topCalls.some((call) => call.recognised?.reading.answered === true);
  const lent = hasAnswer || hasCompleted ? undefined : ancestorError(turn);
  const error = ownError ?? lent;
  return { question, answer, error, success: error === undefined ? succeeded(root, last, hasAnswer) : false };
}

/** The root that speaks for the turn; several roots are parts of it, none of which does. */
function onlyRoot(turn: Turn, spans: readonly TurnSpan[]): TurnSpan | undefined {
  return turn.roots.length === 1 ? spans[0] : undefined;
}

function questionOf(root: TurnSpan | undefined, spans: readonly TurnSpan[]): SpokenText {
  const asked = root && !isTool(root) ? readQuestion(root.recognised?.reading.input() ?? []) : SILENCE;
  if (asked.text !== undefined) return asked;
  // The first top-level call as anybody shows it: an outer view of the call may hold the words that an inner one lacks.
  const views = byStart(spans.filter((span) => span.recognised?.kind === 'model' && !span.underTool));
  const [first] = views;
  for (let view = first; view !== undefined; view = views.find((each) => each.enclosingCall === view)) {
    const question = readQuestion(view.recognised?.reading.input() ?? []);
    if (question.text !== undefined) return question;
  }
  return SILENCE;
}

function answerOf(root: TurnSpan | undefined, last: TurnSpan | undefined): SpokenText {
  const said = root && !isTool(root) ? readAnswer(root.recognised?.reading.output() ?? []) : SILENCE;
  if (said.text !== undefined) return said;
  for (let view = last; view !== undefined; view = view.enclosingCall) {
    const answer = readAnswer(view.recognised?.reading.output() ?? []);
    if (answer.text !== undefined) return answer;
  }
  return SILENCE;
}

/** @returns `undefined` where the spans do not tell whether the turn came to its end */
function succeeded(root: TurnSpan | undefined, last: TurnSpan | undefined, hasAnswer: boolean): true | undefined {
  if (last === undefined) return hasAnswer ? true : undefined;
  const rootAnswers =
    root !== undefined && root !== last && readAnswer(root.recognised?.reading.output() ?? []).text !== undefined;
  if (rootAnswers) return true;
  if (last.recognised?.reading.answered !== true) return undefined;
  return asksForTool(last) ? undefined : true;
}

function asksForTool(call: TurnSpan): boolean {
  const reading = call.recognised?.reading;
  if (reading === undefined) return false;
  if (reading.output().some((message) => message.toolRequests.length > 0)) return true;
  return reading.finishReasons.some((reason) => /^tool[-_ ]?(calls?|use)$/i.test(reason));
}

function ancestorError(turn: Turn): string | undefined {
  for (const ancestor of turn.ancestors) {
    const error = statusError(ancestor);
    if (error !== undefined) return error;
  }
  return undefined;
}

function errorOf(span: TurnSpan): string | undefined {
  return span.recognised?.reading.error?.toWellFormed();
}

function isTool(span: TurnSpan): boolean {
  return span.recognised?.kind === 'tool';
}
