import { type Attributes, type Context, isSpanContextValid, type Link, type SpanKind, trace } from '@opentelemetry/api';
import {
  type ReadableSpan,
  type Sampler,
  SamplingDecision,
  type SamplingResult,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { agentNameAtStart, isAgentWrapper, mayBeGenAi, type SpanStart } from './agent-start.ts';

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

  constructor({ sampler, agentRules = [], recordNames = [] }: AnalyticsSamplerOptions) {
    this.#sampler = sampler;
    this.#recordNames = recordNames.map(compileName);
    this.#rules = agentRules.map(({ agent, ratio }) => ({
      matches: compileName(agent),
      sampler: new TraceIdRatioBasedSampler(ratio),
    }));
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
    if (parent === undefined && !mayBeGenAi(start) && !this.#recordNames.some((each) => each.test(name))) return result;
    return { ...result, decision: SamplingDecision.RECORD };
  }

  toString(): string {
    return `AnalyticsSampler{${this.#sampler.toString()}}`;
  }

  /** A rule decides where a turn begins; what is inside a turn follows its parent. */
  #ruleFor(start: SpanStart, parent: ReadableSpan | undefined): Pick<CompiledRule, 'sampler'> | undefined {
    if (parent !== undefined && !isAgentWrapper(parent.name) && mayBeGenAi(parent)) return { sampler: FOLLOW_PARENT };
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

/** The local parent, if it records or did until it ended: a child may start after its parent's end. */
function recordedParent(context: Context): ReadableSpan | undefined {
  const parent: unknown = trace.getSpan(context);
  return isReadable(parent) && isSpanContextValid(parent.spanContext()) ? parent : undefined;
}

/** Spans that do not record, and those of a remote parent, have a context and nothing else. */
function isReadable(span: unknown): span is ReadableSpan {
  return typeof span === 'object' && span !== null && 'startTime' in span && 'attributes' in span && 'name' in span;
}

function compileName(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
