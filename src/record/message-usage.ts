import { isArray, isObject, nonEmptyString, parseContainer, property } from '../base/json-value.ts';
import { type ReportedUsage, readUsageObject } from './reported-usage.ts';
import { byStart, type TurnSpan } from './turn-spans.ts';

// Where instrumentations of LangChain keep what a chain gave, with its messages serialised.
const OUTPUT_KEYS = ['traceloop.entity.output', 'gen_ai.workflow.output'];
const MARK = 'usage_metadata';
// A serialised state is a few levels deep and holds some hundred messages; hostile input ends here.
const MAX_VISITED = 100_000;

/**
 * Usage of the agents and model calls of a turn, as their spans report it. Where LangChain is the framework some
 * instrumentations estimate the input, or leave cached and reasoning tokens out; the served numbers stand in the
 * messages that the chains around the calls gave, and take their place. An estimate that nothing replaces is dropped.
 */
export function readUsages(spans: readonly TurnSpan[]): ReadonlyMap<TurnSpan, ReportedUsage> {
  const usages = new Map<TurnSpan, ReportedUsage>();
  const vague: TurnSpan[] = [];
  for (const span of spans) {
    const usage = span.reading.usage;
    if (usage === undefined) continue;
    usages.set(span, usage);
    const hasDetails = usage.cached !== undefined || usage.reasoning !== undefined;
    if (span.kind === 'model' && (usage.inputIsEstimate || !hasDetails)) vague.push(span);
  }
  if (vague.length === 0) return usages;
  const served = servedUsages(spans);
  for (const call of byStart(vague)) {
    const usage = usages.get(call);
    const at = usage === undefined ? -1 : served.findIndex((each) => isSameCall(usage, each));
    const [found] = at < 0 ? [] : served.splice(at, 1);
    if (found !== undefined) usages.set(call, found);
    else if (usage?.inputIsEstimate === true) dropEstimate(call, usage, usages);
  }
  return usages;
}

/** The output is served; with no input beside it, an agent around the call that knows both speaks for it. */
function dropEstimate(call: TurnSpan, usage: ReportedUsage, usages: Map<TurnSpan, ReportedUsage>): void {
  if (call.owner !== undefined && usages.has(call.owner)) usages.delete(call);
  else usages.set(call, { ...usage, input: undefined, total: undefined });
}

/** Usage in the serialised messages of a turn, each message once, in order of appearance. */
function servedUsages(spans: readonly TurnSpan[]): ReportedUsage[] {
  const byMessage = new Map<string, ReportedUsage>();
  for (const { span, kind } of spans) {
    for (const key of kind === undefined ? [] : OUTPUT_KEYS) {
      const json = nonEmptyString(span.attributes[key]);
      if (json?.includes(MARK) === true) collect(parseContainer(json), byMessage);
    }
  }
  return [...byMessage.values()];
}

function collect(root: unknown, byMessage: Map<string, ReportedUsage>): void {
  const queue: unknown[] = [root];
  for (let at = 0; at < queue.length && at < MAX_VISITED; at += 1) {
    const value = queue[at];
    if (!isArray(value) && !isObject(value)) continue;
    const usage = readUsageObject(property(value, MARK));
    const id = nonEmptyString(property(value, 'id'));
    if (usage !== undefined && id !== undefined && !byMessage.has(id)) byMessage.set(id, usage);
    for (const inner of Object.values(value)) queue.push(inner);
  }
}

/** LangChain counts cached tokens into the input, some providers do not; the output is the same for all. */
function isSameCall(reported: ReportedUsage, served: ReportedUsage): boolean {
  if (reported.output !== served.output) return false;
  if (reported.inputIsEstimate || reported.input === served.input) return true;
  return reported.input === (served.input ?? 0) - (served.cached ?? 0) - (served.cacheCreation ?? 0);
}
