import { AlwaysOnSampler, type Sampler } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterEach, describe, expect, it } from 'vitest';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import type { ConversationRecord } from '../../src/record/conversation-columns.ts';
import { classifySpan } from '../../src/record/dialects/classify-span.ts';
import type { Turn } from '../../src/spans/turn.ts';
import { TurnProcessor } from '../../src/spans/turn-processor.ts';
import { AnalyticsSampler } from '../../src/traces/analytics-sampler.ts';
import { createRatioSampler } from '../../src/traces/parse-sampler.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { recordOf } from '../support/record-of.ts';
import { exporterTo } from '../support/turn-exporter.ts';
import { type DialectFixture, readDialectFixtures } from './dialect-fixtures.ts';
import { type AttributesAt, replayCapture } from './replay-capture.ts';

const LANGFUSE = Symbol.for('langfuse');
const FIXTURES = readDialectFixtures();

/** The rows of a capture that is made again under a sampler. */
async function rowsUnder(
  sampler: Sampler,
  fixture: DialectFixture,
  at: AttributesAt,
): Promise<readonly ConversationRecord[]> {
  const turns: Turn[] = [];
  const clock = new ManualClock();
  const processor = new TurnProcessor({
    exporter: async () => exporterTo((turn) => turns.push(turn)),
    classify: classifySpan,
    diagnostics: createDiagnostics({ write: () => undefined }),
    clock,
  });
  const provider = new NodeTracerProvider({ sampler, spanProcessors: [processor] });
  if (fixture.name.startsWith('langfuse')) Reflect.set(globalThis, LANGFUSE, {});
  replayCapture(provider, fixture.snapshots, at);
  await clock.advance(700_000);
  await processor.shutdown();
  return turns.map((turn) => recordOf(turn)).sort((a, b) => a.timestamp.localeCompare(b.timestamp));
}

/** Without what is random, and the one column that is to differ. */
function comparable(rows: readonly ConversationRecord[]): unknown {
  return rows.map((row) => ({
    ...row,
    message_id: undefined,
    trace_id: undefined,
    span_id: undefined,
    sampled: undefined,
    conversation_id: row.conversation_id === row.trace_id ? undefined : row.conversation_id,
    model_calls: row.model_calls.map((call) => ({ ...call, span_id: undefined })),
    tool_calls: row.tool_calls.map((call) => ({ ...call, span_id: undefined })),
  }));
}

afterEach(() => {
  Reflect.deleteProperty(globalThis, LANGFUSE);
});

/** Instrumentations that set their attributes after the start: the sampler has names only. */
const SETS_LATE = /^(?:google-adk|langfuse|traceloop)/;
/** Only the HTTP span above the turn tells of the error, and that is not recorded: NULL, where ratio 1 has the error. */
const ERROR_ABOVE = 'google-adk-2.0.0-underhttp-modelerror';

describe.each([
  { at: 'start', fixtures: FIXTURES },
  { at: 'end', fixtures: FIXTURES.filter(({ name }) => SETS_LATE.test(name)) },
] as const)('rows of every dialect at ratio 0, attributes set at the $at', ({ at, fixtures }) => {
  it.each(fixtures.filter(({ name }) => name !== ERROR_ABOVE))('$name: as at ratio 1', async (fixture) => {
    // The free name under which the captures call `openlit.trace`.
    const recordNames = fixture.name.startsWith('openlit') ? fixture.snapshots.map(({ name }) => name) : [];
    const sampled = await rowsUnder(new AlwaysOnSampler(), fixture, at);
    const unsampled = await rowsUnder(
      new AnalyticsSampler({ sampler: createRatioSampler(0), recordNames }),
      fixture,
      at,
    );
    expect(sampled.length).toBeGreaterThan(0);
    expect(comparable(unsampled)).toEqual(comparable(sampled));
    expect(unsampled.every((row) => row.sampled === false)).toBe(true);
  });

  it('knows less of a turn whose error only an HTTP span above it tells', async () => {
    const fixture = FIXTURES.find(({ name }) => name === ERROR_ABOVE);
    if (fixture === undefined) throw new Error('the capture is gone');
    const [row] = await rowsUnder(new AnalyticsSampler({ sampler: createRatioSampler(0) }), fixture, at);
    expect(row).toMatchObject({ success: null, agent_response: null, sampled: false });
  });
});
