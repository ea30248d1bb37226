import { ATTRIBUTE_KEYS } from '../base/attribute-keys.ts';
import { firstOf } from '../base/first-of.ts';
import { nonEmptyString } from '../base/json-value.ts';
import type { SpanSnapshot } from '../spans/span-snapshot.ts';
import type { Turn } from '../spans/turn.ts';
import { type CountedCalls, countCalls } from './count-calls.ts';
import type { SpanKind } from './dialects/dialect.ts';
import { findFailures } from './failed-calls.ts';
import { readUsages } from './message-usage.ts';
import { readIdentity } from './read-identity.ts';
import { readModel } from './read-model.ts';
import { readOutcome } from './read-outcome.ts';
import { readAnswer } from './read-speech.ts';
import { readTimes } from './read-times.ts';
import { readTools } from './read-tools.ts';
import { isZip, readZip } from './read-zip.ts';
import type { ReportedUsage } from './reported-usage.ts';
import { resolveUsage, sumUsage, UNKNOWN_USAGE } from './token-algebra.ts';
import type { ModelCallReading, TokenUsage, TurnReading } from './turn-reading.ts';
import { byStart, listTurnSpans, type TurnSpan, viewsOf } from './turn-spans.ts';

/**
 * Reads a turn in whatever dialects its spans speak. Pure and total: the same turn gives the same reading, and no
 * content of a span makes it throw. Each JSON attribute is parsed at most once.
 */
export function readTurn(turn: Turn): TurnReading {
  const spans = listTurnSpans(turn);
  const usages = readUsages(spans);
  const counted = countCalls(spans, usages);
  const failures = findFailures(spans, counted.calls);
  const tokens = readTokens(counted, usages);
  const roots = turn.roots.map((root) => root.span);
  const own = ownAttributes(spans);
  const { startTimeUnixNano } = turn.roots[0].span;
  return {
    turn,
    dialect: dialectOf(counted.sources.length > 0 ? counted.sources : spans),
    agentName: agentName(spans),
    ...readIdentity(turn, spans),
    ...readOutcome(turn, spans, counted.calls, failures),
    ...readModel(spans, counted.calls),
    modelCalls: counted.calls.map((call) => readCall(call, usages.get(call), failures.get(call))),
    callSums: counted.sources
      .filter((source) => source.kind === 'model' && !counted.calls.includes(source))
      .map((source) => readCall(source, usages.get(source), undefined)),
    toolCalls: readTools(spans, counted.calls),
    usage: tokens.usage,
    tokenRule: tokens.rule,
    zip: readZip(byStart(spans.filter(({ span }) => isZip(span))).map(({ span }) => span)),
    apiVersion: own(ATTRIBUTE_KEYS.apiVersion),
    rawMcpResponse: own(ATTRIBUTE_KEYS.rawMcpResponse),
    client: readClient(own),
    serviceName: nonEmptyString(turn.roots[0].span.resource['service.name']),
    serviceVersion: nonEmptyString(turn.roots[0].span.resource['service.version']),
    startTimeUnixNano,
    endTimeUnixNano: latestEnd(roots),
    ...readTimes(spans, counted.calls, startTimeUnixNano),
  };
}

/** Sum over the sources. A turn without any, or with a call that is in none of them, has no sum. */
function readTokens(
  { sources, hasUncounted }: CountedCalls,
  usages: ReadonlyMap<TurnSpan, ReportedUsage>,
): { readonly usage: TokenUsage; readonly rule: string } {
  if (hasUncounted) return { usage: UNKNOWN_USAGE, rule: 'call_without_usage' };
  if (sources.length === 0) return { usage: UNKNOWN_USAGE, rule: 'no_usage' };
  const rules = new Set<string>();
  const counted: TokenUsage[] = [];
  for (const source of sources) {
    const reported = usages.get(source);
    if (reported === undefined) continue;
    const resolved = resolveUsage(reported);
    if (source.kind === 'agent') rules.add('agent_usage');
    for (const rule of resolved.rules) rules.add(rule);
    counted.push(resolved.usage);
  }
  return { usage: sumUsage(counted), rule: [...rules].sort().join('+') };
}

function readCall(call: TurnSpan, reported: ReportedUsage | undefined, failure: string | undefined): ModelCallReading {
  const { responseModel, finishReasons, timeToFirstTokenMs } = call.reading;
  return {
    span: call.span,
    topLevel: !call.underTool,
    provider: firstOf(viewsOf(call), ({ reading }) => reading.provider),
    requestModel: firstOf(viewsOf(call), ({ reading }) => reading.requestModel),
    responseModel,
    finishReasons,
    usage: reported && resolveUsage(reported).usage,
    spoken: readAnswer(call.reading.output()),
    answered: failure === undefined && call.reading.answered,
    error: failure,
    timeToFirstTokenMs,
  };
}

/** Names of the vocabularies, in order of appearance; as a rule it is one. */
function dialectOf(spans: readonly TurnSpan[]): string {
  const names = new Set(spans.flatMap(({ dialect }) => dialect ?? []));
  return [...names].sort().join('+') || 'unknown';
}

/** Name of the topmost agent; where its span has none, what an agent or a model call of its own says. */
function agentName(spans: readonly TurnSpan[]): string | undefined {
  const agent = spans.find(({ kind }) => kind === 'agent');
  const below = (kind: SpanKind): string | undefined =>
    spans.find((span) => span.kind === kind && span.owner === agent && span.reading.name !== undefined)?.reading.name;
  return agent?.reading.name ?? below('agent') ?? below('model');
}

/** Looks an attribute of this package's own up: on the root, else on the first span below it that has it. */
function ownAttributes(spans: readonly TurnSpan[]): (key: string) => string | undefined {
  return (key) => firstOf(spans, ({ span }) => nonEmptyString(span.attributes[key])?.toWellFormed());
}

function readClient(own: (key: string) => string | undefined): TurnReading['client'] {
  const client = {
    user_agent: own(ATTRIBUTE_KEYS.clientUserAgent) ?? null,
    ip_address: own(ATTRIBUTE_KEYS.clientIpAddress) ?? null,
    platform: own(ATTRIBUTE_KEYS.clientPlatform) ?? null,
  };
  return Object.values(client).every((said) => said === null) ? null : client;
}

function latestEnd(roots: readonly SpanSnapshot[]): bigint | undefined {
  let latest: bigint | undefined;
  for (const { endTimeUnixNano } of roots) {
    if (endTimeUnixNano === undefined) return undefined;
    if (latest === undefined || endTimeUnixNano > latest) latest = endTimeUnixNano;
  }
  return latest;
}
