import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConversationRecord } from '../../src/record/conversation-columns.ts';
import { classifySpan } from '../../src/record/dialects/classify-span.ts';
import { buildTurns } from '../../src/spans/build-turns.ts';
import type { SpanSnapshot } from '../../src/spans/span-snapshot.ts';
import type { Turn } from '../../src/spans/turn.ts';
import { walk } from '../../src/spans/walk.ts';
import { captureNames, loadCapture, spansOf } from '../support/dialect-capture.ts';
import { expectValidRow } from '../support/expect-valid-row.ts';
import { recordOf } from '../support/record-of.ts';

/** Ties in time keep the order of arrival, by design: some instrumentations round to milliseconds. Here are no ties. */
function distinctStarts(spans: readonly SpanSnapshot[]): readonly SpanSnapshot[] {
  return spans.map((span, index) => ({ ...span, startTimeUnixNano: span.startTimeUnixNano + BigInt(index) }));
}

function recordsOf(spans: readonly SpanSnapshot[]): readonly ConversationRecord[] {
  return turnsOf(spans).map((turn) => recordOf(turn));
}

function turnsOf(spans: readonly SpanSnapshot[]): readonly Turn[] {
  return buildTurns(spans, classifySpan);
}

function spansBelow(turn: Turn): readonly SpanSnapshot[] {
  return turn.roots.flatMap((root) => [...walk(root)].map((node) => node.span));
}

// Several turns each: one after the other, at once, in one trace; and every way to nest.
const captures = captureNames()
  .filter((name) => /-(multiturn|interleaved|agenttool|toolloop|subagent)$/.test(name))
  .map((name) => ({ name, spans: distinctStarts(spansOf(loadCapture(name))) }));

describe.each(captures)('$name', ({ spans }) => {
  it('gives the same rows in any order of arrival', () => {
    const expected = recordsOf(spans);
    fc.assert(
      fc.property(fc.shuffledSubarray([...spans], { minLength: spans.length }), (shuffled) => {
        expect(recordsOf(shuffled)).toEqual(expected);
      }),
      { numRuns: 5 },
    );
  });

  it('gives valid rows of its own turn, and no token twice, whatever spans are lost', () => {
    const whole = turnsOf(spans).map((turn) => ({ turn, record: recordOf(turn) }));
    const turnOf = new Map(whole.flatMap((each) => spansBelow(each.turn).map((span) => [span.spanId, each] as const)));
    fc.assert(
      fc.property(fc.shuffledSubarray([...spans], { minLength: 1 }), (kept) => {
        const tokens = new Map<unknown, number>();
        for (const record of recordsOf(kept)) {
          expectValidRow(record);
          const source = turnOf.get(record.span_id ?? '');
          // A span above the turn may speak for what is left of it; it has nothing of its own to say.
          if (source === undefined) continue;
          const words = JSON.stringify(spansBelow(source.turn), (_, value) => (typeof value === 'bigint' ? '' : value));
          for (const id of [record.session_id, record.user_id]) expect(id === null || words.includes(id)).toBe(true);
          for (const tool of record.tools_used) expect(words).toContain(tool);
          tokens.set(source, (tokens.get(source) ?? 0) + (record.prompt_token_count ?? 0));
          expect(tokens.get(source)).toBeLessThanOrEqual(source.record.prompt_token_count ?? Number.MAX_SAFE_INTEGER);
        }
      }),
      { numRuns: 10 },
    );
  });
});
