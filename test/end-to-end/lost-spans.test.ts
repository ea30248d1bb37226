import { type Span as ApiSpan, type Attributes, type Context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { BasicTracerProvider, type ReadableSpan, type Span, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import type { ConversationRecord } from '../../src/record/conversation-columns.ts';
import { classifySpan } from '../../src/record/dialects/classify-span.ts';
import { buildTurns } from '../../src/spans/build-turns.ts';
import { snapshotSpan } from '../../src/spans/snapshot-span.ts';
import type { SpanSnapshot } from '../../src/spans/span-snapshot.ts';
import { createSpanledger } from '../../src/start/spanledger.ts';
import { Random } from '../faults/random.ts';
import { CollectingSink } from '../support/collecting-sink.ts';
import { messages } from '../support/ledger-bench.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { cases } from '../support/property-seed.ts';
import { recordOf } from '../support/record-of.ts';
import { expectValidRow } from '../support/valid-row.ts';

// Turns that run interleaved at random, with any of their spans lost on the way, through the whole pipeline and
// through a file. What a row says must be true of the spans that are left, and of one turn only.

/** What becomes of a span: seen, never seen, or seen to start and never to end. */
type Fate = 'kept' | 'lost' | 'open';

interface NodePlan {
  readonly kind: 'agent' | 'chat' | 'tool' | 'host';
  /** Chooses the parent among the spans before this one that can have children. */
  readonly parent: number;
  readonly fate: Fate;
}

interface TurnPlan {
  readonly rootFate: Fate;
  /** Whether the root repeats the usage of the calls below it, as some SDKs do. */
  readonly repeatsUsage: boolean;
  /** Whether spans say what they are at their end only. */
  readonly speaksLate: boolean;
  readonly nodes: readonly NodePlan[];
}

interface PlannedSpan {
  readonly turn: number;
  readonly name: string;
  readonly kind: NodePlan['kind'];
  readonly parent: PlannedSpan | undefined;
  readonly fate: Fate;
  readonly attributes: Attributes;
  readonly speaksLate: boolean;
  /** Prompt tokens of a call; each differs from every sum of others. */
  readonly tokens: number;
}

const anyFate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Fate>('kept') },
  { weight: 2, arbitrary: fc.constant<Fate>('lost') },
  { weight: 1, arbitrary: fc.constant<Fate>('open') },
);
const anyTurn: fc.Arbitrary<TurnPlan> = fc.record({
  rootFate: anyFate,
  repeatsUsage: fc.boolean(),
  speaksLate: fc.boolean(),
  nodes: fc.array(
    fc.record({
      kind: fc.constantFrom<NodePlan['kind']>('chat', 'chat', 'tool', 'agent', 'host'),
      parent: fc.nat(10),
      fate: anyFate,
    }),
    { maxLength: 7 },
  ),
});
const anyRun = fc.record({
  turns: fc.array(anyTurn, { minLength: 1, maxLength: 5 }),
  underJob: fc.boolean(),
  seed: fc.integer(),
});

function planSpans(plan: TurnPlan, turn: number): readonly PlannedSpan[] {
  // A nested agent may be written before a root that speaks late has said that it is one.
  const speaksLate = plan.speaksLate && plan.nodes.every((node) => node.kind !== 'agent');
  const spans: PlannedSpan[] = [];
  const add = (node: NodePlan, parent: PlannedSpan | undefined): void => {
    const number = spans.length;
    const tokens = node.kind === 'chat' ? 2 ** (number + 8 * turn) : 0;
    spans.push({
      turn,
      name: `turn ${turn} span ${number}`,
      kind: node.kind,
      parent,
      fate: node.fate,
      attributes: attributesOf(node.kind, turn, number, tokens),
      speaksLate,
      tokens,
    });
  };
  add({ kind: 'agent', parent: 0, fate: plan.rootFate }, undefined);
  for (const node of plan.nodes) {
    const parents = spans.filter((span) => span.kind !== 'chat');
    add(node, parents[node.parent % parents.length]);
  }
  const [root] = spans;
  if (root === undefined || !plan.repeatsUsage) return spans;
  Object.assign(root.attributes, usage(sum(spans)));
  return spans;
}

function attributesOf(kind: NodePlan['kind'], turn: number, number: number, tokens: number): Attributes {
  switch (kind) {
    case 'agent':
      return {
        'gen_ai.operation.name': 'invoke_agent',
        'session.id': `session of turn ${turn}`,
        'user.id': `user of turn ${turn}`,
        'gen_ai.input.messages': messages('user', `question of turn ${turn}`),
      };
    case 'chat':
      return {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': `model of turn ${turn}`,
        'gen_ai.output.messages': messages('assistant', `answer ${number} of turn ${turn}`),
        ...usage(tokens),
      };
    case 'tool':
      return { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': `tool ${number} of turn ${turn}` };
    case 'host':
      return { 'http.request.method': 'POST' };
  }
}

function usage(tokens: number): Attributes {
  return { 'gen_ai.usage.input_tokens': tokens, 'gen_ai.usage.output_tokens': 0 };
}

function sum(spans: readonly PlannedSpan[]): number {
  return spans.reduce((total, span) => total + span.tokens, 0);
}

/** Keeps the spans that are lost from the processors behind it. */
class LossyProcessor implements SpanProcessor {
  readonly #behind: readonly SpanProcessor[];
  readonly #fates: ReadonlyMap<string, Fate>;

  constructor(behind: readonly SpanProcessor[], spans: readonly PlannedSpan[]) {
    this.#behind = behind;
    this.#fates = new Map(spans.map((span) => [span.name, span.fate]));
  }

  onStart(span: Span, parentContext: Context): void {
    if (this.#fates.get(span.name) !== 'lost') for (const each of this.#behind) each.onStart(span, parentContext);
  }

  onEnd(span: ReadableSpan): void {
    if ((this.#fates.get(span.name) ?? 'kept') === 'kept') for (const each of this.#behind) each.onEnd(span);
  }

  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

interface Outcome {
  /** The newest row of every turn, from the live pipeline. */
  readonly live: readonly ConversationRecord[];
  /** The rows of a file that holds the spans that are left. */
  readonly filed: readonly ConversationRecord[];
  readonly planOf: ReadonlyMap<string, PlannedSpan>;
}

async function run(spans: readonly PlannedSpan[], underJob: boolean, random: Random): Promise<Outcome> {
  const sink = new CollectingSink();
  const clock = new ManualClock();
  const said: string[] = [];
  const ledger = createSpanledger({
    configFile: false,
    env: {},
    traceExporters: ['none'],
    sink,
    clock,
    diagnostics: createDiagnostics({ write: (line) => said.push(line) }),
  });
  const provider = new BasicTracerProvider({
    spanProcessors: [new LossyProcessor(ledger.spanProcessors, spans)],
    sampler: ledger.sampler,
  });
  const tracer = provider.getTracer('host');
  const job = underJob ? tracer.startSpan('job', {}, ROOT_CONTEXT) : undefined;

  const running = new Map<PlannedSpan, ApiSpan>();
  const planOf = new Map<string, PlannedSpan>();
  const filed: SpanSnapshot[] = [];
  const waiting = new Set(spans);
  const open = new Set<PlannedSpan>();
  while (waiting.size + open.size > 0) {
    const startable = [...waiting].filter(({ parent }) => parent === undefined || running.has(parent));
    const choices = [...startable, ...[...open].filter((span) => mayEnd(span, waiting))];
    const chosen = choices[random.below(choices.length)];
    if (chosen === undefined) break;
    if (open.delete(chosen)) {
      const span = running.get(chosen);
      if (span === undefined) break;
      if (chosen.speaksLate) span.setAttributes(chosen.attributes);
      span.end();
      if (chosen.fate === 'kept' && isReadable(span)) filed.push(snapshotSpan(span));
    } else {
      waiting.delete(chosen);
      open.add(chosen);
      const parent = chosen.parent === undefined ? job : running.get(chosen.parent);
      const attributes = chosen.speaksLate ? {} : chosen.attributes;
      const parentContext = parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent);
      const span = tracer.startSpan(chosen.name, { attributes }, parentContext);
      running.set(chosen, span);
      planOf.set(span.spanContext().spanId, chosen);
    }
    if (random.chance(0.1)) await ledger.flush();
    if (random.chance(0.1)) await clock.advance(random.pick([1_000, 31_000]));
  }
  await clock.advance(31_000);
  await clock.advance(601_000);
  await ledger.shutdown();
  // Where all spans are lost, it is right to say that none came.
  expect(said.filter((line) => !/^\[ANALYTICS\] Statistics |\((?:no-spans|no-turn-understood)\)$/.test(line))).toEqual(
    [],
  );
  const newest = new Map<string, ConversationRecord>();
  for (const row of sink.rows('conversation_logs')) newest.set(row.message_id, row);
  return {
    live: [...newest.values()],
    filed: buildTurns(shuffled(filed, random), classifySpan).map((turn) => recordOf(turn)),
    planOf,
  };
}

/** What ended and said nothing is let go: a root that speaks late is not found from what starts below it afterwards. */
function mayEnd(span: PlannedSpan, waiting: ReadonlySet<PlannedSpan>): boolean {
  return !span.speaksLate || span.kind !== 'host' || [...waiting].every(({ parent }) => parent !== span);
}

function isReadable(span: ApiSpan): span is ApiSpan & ReadableSpan {
  return 'attributes' in span;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  const order: T[] = [];
  while (left.length > 0) order.push(...left.splice(random.below(left.length), 1));
  return order;
}

/** Every word of a row is of the turn that its root span is of, and every call is counted once. */
function expectHonest(rows: readonly ConversationRecord[], { planOf }: Outcome, plans: readonly PlannedSpan[]): void {
  const counted = new Set<PlannedSpan>();
  for (const row of rows) {
    expectValidRow(row);
    const root = planOf.get(row.span_id ?? '') ?? expect.fail('a row of no planned span');
    const own = plans.filter((span) => span.turn === root.turn);
    const words = [
      row.user_id,
      row.session_id,
      row.user_question,
      row.agent_response,
      row.request_model,
      ...row.tools_used,
    ];
    for (const word of words) if (word !== null && word !== row.trace_id) expect(word).toMatch(`of turn ${root.turn}`);

    const calls = row.model_calls.map((call) => planOf.get(call.span_id ?? '') ?? expect.fail('a call of no span'));
    for (const call of calls) {
      expect(own).toContain(call);
      expect(counted.has(call)).toBe(false);
      counted.add(call);
    }
    const told = row.prompt_token_count;
    // A root that repeats the sum may speak for calls of which none is left.
    if (told !== null) expect([sum(calls), calls.length === 0 ? sum(own) : sum(calls)]).toContain(told);
  }
}

it('rows are true of what is left, whatever is lost and however turns interleave', async () => {
  await fc.assert(
    fc.asyncProperty(anyRun, async ({ turns, underJob, seed }) => {
      const plans = turns.flatMap(planSpans);
      const outcome = await run(plans, underJob, new Random(seed));
      expectHonest(outcome.live, outcome, plans);
      expectHonest(outcome.filed, outcome, plans);
      for (const [turn] of turns.entries()) {
        const own = plans.filter((span) => span.turn === turn);
        if (own.some((span) => span.fate !== 'kept')) continue;
        for (const rows of [outcome.live, outcome.filed]) {
          const ofTurn = rows.filter((row) => outcome.planOf.get(row.span_id ?? '')?.turn === turn);
          const calls = own.filter((span) => span.kind === 'chat');
          expect(ofTurn.map((row) => [row.prompt_token_count ?? 0, row.model_call_count, row.complete])).toEqual([
            [sum(own), calls.length, true],
          ]);
        }
      }
    }),
    { numRuns: cases(150) },
  );
});
