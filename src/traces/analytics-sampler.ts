import {
  type Span as ApiSpan,
  type Attributes,
  type Context,
  isSpanContextValid,
  type Link,
  type SpanKind,
  trace,
} from '@opentelemetry/api';
import { SamplingDecision, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-base';
import type { ReadableSpan, Sampler, SamplingResult } from '../base/sdk-types.ts';
import { agentNameAtStart, isAgentWrapper, mayBeGenAi, type SpanStart, startsSpansBare } from './agent-start.ts';

/** Sampling of one agent's turns, in place of the general one. */
export interface AgentSamplingRule {
  /** Name of the agent; `*` stands for any text. */
  readonly agent: string;
  /** Share of its turns that the trace backend sees, 0 to 1. */
  readonly ratio: number;
}

export interface AnalyticsSamplerOptions {
  /** Decides what goes to the trace backend. */
  readonly sampler: Sampler;
  /** The first that matches the agent of a turn decides for the whole turn. Default: none. */
  readonly agentRules?: readonly AgentSamplingRule[];
  /**
   * Names of further spans that begin turns, for instrumentations whose first span says nothing of itself at its start
   * (`openlit.trace`); `*` stands for any text. Default: none.
   */
  readonly recordNames?: readonly string[];
}

interface CompiledRule {
  readonly matches: RegExp;
  readonly sampler: Sampler;
}

/**
 * Lets another sampler, or an agent's own rule, decide what goes to the trace backend, and has agent turns recorded
 * that are left out of it: their spans reach the turn processor without the sampled flag, so that rows are never
 * sampled. Only GenAI spans and what is below them: any other span that is not sampled costs what it did before.
 */
export class AnalyticsSampler implements Sampler {
  readonly #sampler: Sampler;
  readonly #rules: readonly CompiledRule[];
  readonly #recordNames: readonly RegExp[];
  /** Whether a tracer is in use whose spans say nothing at their start. */
  #hasBareSpans = false;

  constructor({ sampler, agentRules = [], recordNames = [] }: AnalyticsSamplerOptions) {
    this.#sampler = sampler;
    this.#recordNames = recordNames.map(compileName);
    this.#rules = agentRules.map(({ agent, ratio }) => ({
      matches: compileName(agent),
      sampler: new TraceIdRatioBasedSampler(ratio),
    }));
  }

  /** Told of each instrumentation that asks for a tracer, where the provider is the package's own. */
  noteScope(name: string): void {
    this.#hasBareSpans ||= startsSpansBare(name);
  }

  shouldSample(
    context: Context,
    traceId: string,
    name: string,
    kind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): SamplingResult {
    const parent = recordedParent(context);
    const start: SpanStart = { name, kind, attributes };
    const rule = this.#rules.length === 0 ? undefined : this.#ruleFor(start, parent);
    const sampler = rule?.sampler ?? this.#sampler;
    const result = sampler.shouldSample(context, traceId, name, kind, attributes, links);
    if (result.decision !== SamplingDecision.NOT_RECORD) return result;
    const isRecorded =
      parent !== undefined ||
      mayBeGenAi(start, this.#hasBareSpans) ||
      this.#recordNames.some((each) => each.test(name));
    if (!isRecorded) return result;
    return { ...result, decision: SamplingDecision.RECORD };
  }

  toString(): string {
    return `AnalyticsSampler{${this.#sampler.toString()}}`;
  }

  /** A rule decides where a turn begins; what is inside a turn follows its parent. */
  #ruleFor(start: SpanStart, parent: ApiSpan | undefined): Pick<CompiledRule, 'sampler'> | undefined {
    // What cannot be read is somebody's wrapper around a span of ours.
    const isInTurn = !isReadable(parent) || (!isAgentWrapper(parent.name) && mayBeGenAi(parent));
    if (parent !== undefined && isInTurn) return { sampler: FOLLOW_PARENT };
    const agent = agentNameAtStart(start);
    return agent === undefined ? undefined : this.#rules.find(({ matches }) => matches.test(agent));
  }
}

const FOLLOW_PARENT: Sampler = {
  shouldSample(context) {
    const flags = trace.getSpanContext(context)?.traceFlags ?? 0;
    return { decision: (flags & 1) === 1 ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD };
  },
  toString: () => 'FollowParent',
};

/**
 * The local parent, if it records, of whatever class it is: instrumentations put wrappers of their own into the context.
 * One that can be read recorded until it ended: a child may start after its parent's end.
 */
function recordedParent(context: Context): ApiSpan | undefined {
  const parent = trace.getSpan(context);
  if (parent === undefined || !isSpanContextValid(parent.spanContext())) return undefined;
  return parent.isRecording() || isReadable(parent) ? parent : undefined;
}

/** Spans that do not record, and those of a remote parent, have a context and nothing else. */
function isReadable(span: unknown): span is ReadableSpan & ApiSpan {
  return typeof span === 'object' && span !== null && 'startTime' in span && 'attributes' in span && 'name' in span;
}

function compileName(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
