import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildTurns } from '../../src/spans/build-turns.ts';
import type { SpanRole, Turn } from '../../src/spans/turn.ts';
import { TurnBuffer } from '../../src/spans/turn-buffer.ts';
import type { TurnBufferOptions } from '../../src/spans/turn-buffer-options.ts';
import { walk } from '../../src/spans/walk.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type SampleSpan, sampleRole, sampleSpan } from '../support/span-snapshot-builder.ts';

/** A buffer driven by hand: `start('a')`, `end('a')`, `after(seconds)`; turns are written as they become ready. */
function drive(options: Partial<TurnBufferOptions> = {}) {
  const clock = new ManualClock();
  const turns: Turn[] = [];
  const dropped: Record<string, number> = {};
  const buffer: TurnBuffer = new TurnBuffer({
    classify: sampleRole,
    clock,
    zipMetricsTimeoutMillis: 30_000,
    turnTimeoutMillis: 600_000,
    maxHeldBytes: 64 * 1024 * 1024,
    maxHeldSpans: 200_000,
    onTurnStart: () => undefined,
    onTurn: (turn) => turns.push(turn),
    onForeignPart: () => undefined,
    onReady: () => undefined,
    onDrop: (reason, count) => {
      dropped[reason] = (dropped[reason] ?? 0) + count;
    },
    ...options,
  });
  return {
    buffer,
    turns,
    dropped,
    start: (span: SampleSpan) => buffer.start(() => sampleSpan({ ...span, end: null })),
    /** A span that tells nothing at its start. @returns what has it tell its role */
    startUntold: (span: SampleSpan) => {
      let role: SpanRole = 'other';
      buffer.start(() => sampleSpan({ ...span, role, end: null }));
      return () => {
        role = span.role ?? 'other';
      };
    },
    end: (span: SampleSpan) => {
      buffer.end(() => sampleSpan(span));
      while (buffer.writeReady());
    },
    wait: async (seconds: number) => {
      await clock.advance(seconds * 1_000);
      while (buffer.writeReady());
    },
    shown: () => turns.map(show),
  };
}

/** Names of the spans in the turn, its version and what it lacks: `a,b v2 !span_open`. */
function show(turn: Turn): string {
  const names = turn.roots.flatMap((root) => [...walk(root)].map(({ span }) => span.name));
  return `${names.join(',')} v${turn.recordVersion}${turn.incompleteReason ? ` !${turn.incompleteReason}` : ''}`;
}

const agent: SampleSpan = { id: 'a', role: 'agent' };
const call: SampleSpan = { id: 'b', parent: 'a', role: 'genai', start: 1 };
const zip: SampleSpan = { id: 'zip', parent: 'a', role: 'part', start: 2 };
const job: SampleSpan = { id: 'job' };

describe('TurnBuffer', () => {
  it('writes a turn when its root has ended and nothing below is open', () => {
    const { start, end, shown } = drive();
    start(agent);
    start(call);
    end(call);
    expect(shown()).toEqual([]);
    end(agent);
    expect(shown()).toEqual(['a,b v1']);
  });

  it('waits for a span that outlives the root, and writes once it has ended', async () => {
    const { start, end, wait, shown } = drive();
    start(agent);
    start(zip);
    end(agent);
    await wait(29);
    expect(shown()).toEqual([]);
    end(zip);
    expect(shown()).toEqual(['a,zip v1']);
  });

  it('writes without it 30 s after the root, and amends the row when it ends', async () => {
    const { start, end, wait, shown } = drive();
    start(agent);
    start(zip);
    end(agent);
    await wait(31);
    end(zip);
    expect(shown()).toEqual(['a,zip v1 !span_open', 'a,zip v2']);
  });

  it('amends the row for a span that starts after it was written', async () => {
    const { start, end, wait, shown } = drive();
    start(agent);
    end(agent);
    await wait(60);
    start(zip);
    end(zip);
    expect(shown()).toEqual(['a v1', 'a,zip v2']);
  });

  it('says of each version what that version lacks', async () => {
    const { start, end, wait, shown } = drive();
    const socket: SampleSpan = { id: 'socket', parent: 'a', start: 3 };
    start(agent);
    start(zip);
    start(socket);
    end(agent);
    await wait(31);
    end(zip);
    await wait(31);
    // It adds nothing to the row but that the row is whole now.
    end(socket);
    expect(shown()).toEqual(['a,zip,socket v1 !span_open', 'a,zip,socket v2 !span_open', 'a,zip,socket v3']);
  });

  describe('spans that say only after their start what they are', () => {
    /** Starts a span that says nothing; what it says later is read from the given object. */
    const startSilent = (buffer: TurnBuffer, span: SampleSpan, said: Pick<SampleSpan, 'role'>): void =>
      buffer.start(() => sampleSpan({ ...span, ...said, end: null }));

    it('an open root that nothing below has ended of is an incomplete turn, by the time-out', async () => {
      const { buffer, wait, shown } = drive();
      const said = {};
      startSilent(buffer, { id: 'a' }, said);
      startSilent(buffer, call, {});
      Object.assign(said, { role: 'agent' });
      await wait(599);
      expect(shown()).toEqual([]);
      await wait(2);
      expect(shown()).toEqual(['a,b v1 !root_open']);
    });

    it('and at the end of the process', () => {
      const { buffer, shown } = drive();
      startSilent(buffer, { id: 'a' }, { role: 'agent' });
      startSilent(buffer, call, { role: 'genai' });
      buffer.writeAll();
      buffer.writeAll();
      expect(shown()).toEqual(['a,b v1 !root_open']);
    });

    it('an agent below that ends is part of the turn above, which is open and has told by then', async () => {
      const { buffer, end, wait, shown } = drive();
      const said = {};
      startSilent(buffer, { id: 'a' }, said);
      Object.assign(said, { role: 'agent' });
      const inner: SampleSpan = { id: 'inner', parent: 'a', role: 'agent', start: 1 };
      startSilent(buffer, inner, {});
      end(inner);
      expect(shown()).toEqual([]);
      await wait(601);
      expect(shown()).toEqual(['a,inner v1 !root_open']);
    });

    it('a root that never says anything makes no row and is asked again', async () => {
      const { buffer, wait, shown } = drive();
      const said = {};
      startSilent(buffer, { id: 'a' }, said);
      await wait(700);
      expect(shown()).toEqual([]);
      Object.assign(said, { role: 'agent' });
      await wait(600);
      expect(shown()).toEqual(['a v1 !root_open']);
    });
  });

  it('does not amend for a late span that adds nothing to a row', async () => {
    const { start, end, wait, shown } = drive();
    start(agent);
    end(agent);
    await wait(1);
    start({ id: 'socket', parent: 'a' });
    end({ id: 'socket', parent: 'a' });
    expect(shown()).toEqual(['a v1']);
  });

  it('counts a span that comes after its turn was let go, and makes no second turn of it', async () => {
    const { start, end, wait, shown, dropped } = drive();
    start(agent);
    end(agent);
    await wait(601);
    start(call);
    end(call);
    expect(shown()).toEqual(['a v1']);
    expect(dropped).toEqual({ 'late-span': 1 });
  });

  it('writes a turn whose root never ends after 10 minutes, and amends it when it does end', async () => {
    const { start, end, wait, shown } = drive();
    start(agent);
    start(call);
    end(call);
    await wait(601);
    expect(shown()).toEqual(['a,b v1 !root_open']);
    await wait(3_600);
    end(agent);
    expect(shown()).toEqual(['a,b v1 !root_open', 'a,b v2']);
  });

  it('writes turns under a job that goes on, each when it ends', () => {
    const { start, end, shown, buffer } = drive();
    start(job);
    for (let i = 0; i < 3; i += 1) {
      start({ id: `a${i}`, parent: 'job', role: 'agent' });
      end({ id: `a${i}`, parent: 'job', role: 'agent' });
    }
    expect(shown()).toEqual(['a0 v1', 'a1 v1', 'a2 v1']);
    expect(buffer.held.spans).toBe(4);
  });

  it('lets go of everything under a job once late spans are no longer expected', async () => {
    const { start, end, wait, buffer } = drive();
    start(job);
    for (let i = 0; i < 50; i += 1) {
      start({ id: `step${i}`, parent: 'job' });
      start({ id: `a${i}`, parent: `step${i}`, role: 'agent' });
      start({ id: `b${i}`, parent: `a${i}`, role: 'genai' });
      end({ id: `b${i}`, parent: `a${i}`, role: 'genai' });
      end({ id: `a${i}`, parent: `step${i}`, role: 'agent' });
      end({ id: `step${i}`, parent: 'job' });
      start({ id: `stray${i}`, parent: 'job', role: 'genai' });
      end({ id: `stray${i}`, parent: 'job', role: 'genai' });
    }
    await wait(601);
    expect(buffer.held.spans).toBe(1);
    end(job);
    expect(buffer.held).toEqual({ spans: 0, sizeBytes: 0 });
  });

  it('holds nothing of spans without an agent or a model', () => {
    const { start, end, buffer } = drive();
    start({ id: 'http' });
    start({ id: 'db', parent: 'http' });
    end({ id: 'db', parent: 'http' });
    end({ id: 'http' });
    expect(buffer.held).toEqual({ spans: 0, sizeBytes: 0 });
  });

  it('makes one turn of the model calls of a request without an agent, when the request ends', () => {
    const { start, end, shown } = drive();
    start({ id: 'http' });
    for (const id of ['x', 'y']) {
      start({ id, parent: 'http', role: 'genai' });
      end({ id, parent: 'http', role: 'genai' });
    }
    expect(shown()).toEqual([]);
    end({ id: 'http' });
    expect(shown()).toEqual(['x,y v1']);
  });

  it('keeps the name of a turn whose late call is dated before its first one', () => {
    const { start, end, turns } = drive();
    start({ id: 'http', start: 50 });
    start({ id: 'x', parent: 'http', role: 'genai', start: 60 });
    end({ id: 'x', parent: 'http', role: 'genai', start: 60 });
    end({ id: 'http', start: 50 });
    start({ id: 'y', parent: 'http', role: 'genai', start: 1 });
    end({ id: 'y', parent: 'http', role: 'genai', start: 1 });
    expect(turns.map((turn) => [turn.roots[0].span.name, turn.recordVersion])).toEqual([
      ['x', 1],
      ['x', 2],
    ]);
  });

  it('makes a turn of the model calls of a job that never ends, every 10 minutes', async () => {
    const { start, end, wait, shown } = drive();
    start(job);
    for (const id of ['x', 'y']) {
      start({ id, parent: 'job', role: 'genai' });
      end({ id, parent: 'job', role: 'genai' });
      await wait(601);
    }
    expect(shown()).toEqual(['x v1', 'y v1']);
  });

  it('counts the calls beside an agent, which are in no turn', () => {
    const { start, end, shown, dropped } = drive();
    start({ id: 'http' });
    start({ id: 'a', parent: 'http', role: 'agent' });
    end({ id: 'a', parent: 'http', role: 'agent' });
    start({ id: 'title', parent: 'http', role: 'genai' });
    end({ id: 'title', parent: 'http', role: 'genai' });
    end({ id: 'http' });
    expect(shown()).toEqual(['a v1']);
    expect(dropped).toEqual({ 'outside-turn': 1 });
  });

  it('knows an agent that says so only at its end', () => {
    const { start, end, shown } = drive();
    start({ id: 'a' });
    start({ id: 'b', parent: 'a', role: 'agent' });
    start({ id: 'c', parent: 'b', role: 'genai' });
    end({ id: 'c', parent: 'b', role: 'genai' });
    end({ ...agent });
    expect(shown()).toEqual([]);
    end({ id: 'b', parent: 'a', role: 'agent' });
    expect(shown()).toEqual(['a,b,c v1']);
  });

  describe('an open span that told nothing at its start', () => {
    const subAgent: SampleSpan = { id: 's', parent: 'a', role: 'agent', start: 1 };

    it('is the turn 10 minutes after its start, when it has come to say so, and is amended when it ends', async () => {
      const { startUntold, end, wait, shown } = drive();
      startUntold(agent)();
      await wait(599);
      expect(shown()).toEqual([]);
      await wait(2);
      expect(shown()).toEqual(['a v1 !root_open']);
      end(agent);
      expect(shown()).toEqual(['a v1 !root_open', 'a v2']);
    });

    it('is amended by a model call that comes after it was written', async () => {
      const chain: SampleSpan = { id: 'a', role: 'genai' };
      const { startUntold, start, end, wait, shown } = drive();
      startUntold(chain)();
      await wait(601);
      start(call);
      end(call);
      end(chain);
      expect(shown()).toEqual(['a v1 !root_open', 'a,b v2']);
    });

    it('is the turn of the agent below it, which had begun and ended before', async () => {
      const { startUntold, start, end, wait, shown } = drive();
      startUntold(job);
      startUntold({ ...agent, parent: 'job' })();
      start(subAgent);
      end(subAgent);
      start(call);
      end(call);
      expect(shown()).toEqual([]);
      await wait(601);
      expect(shown()).toEqual(['a,s,b v1 !root_open']);
    });

    it('is the turn of the agent below it where it tells before that one is written', () => {
      const { startUntold, start, buffer, end, shown } = drive();
      const tell = startUntold(agent);
      start(subAgent);
      buffer.end(() => sampleSpan(subAgent));
      tell();
      end(agent);
      expect(shown()).toEqual(['a,s v1']);
    });

    it('is a turn at the end of the process, whole, whatever it is below', () => {
      const { startUntold, start, end, buffer, shown } = drive();
      startUntold({ id: 'http' });
      startUntold({ ...agent, parent: 'http' })();
      start(subAgent);
      end(subAgent);
      startUntold(call);
      startUntold({ id: 'model', role: 'genai', trace: 'u' })();
      buffer.writeAll();
      expect(shown()).toEqual(['model v1 !root_open', 'a,s,b v1 !root_open']);
    });

    it('is no turn where it says nothing, and holds nothing once it has ended', async () => {
      const { startUntold, end, wait, buffer, shown } = drive();
      startUntold(job);
      await wait(601);
      buffer.writeAll();
      end(job);
      expect(shown()).toEqual([]);
      expect(buffer.held).toEqual({ spans: 0, sizeBytes: 0 });
    });

    it('is read at once with a time-out of 0, and let go with its turn', async () => {
      const { startUntold, end, wait, buffer, shown } = drive({ turnTimeoutMillis: 0 });
      startUntold(job);
      startUntold({ ...agent, parent: 'job' })();
      await wait(1);
      end(agent);
      await wait(1);
      expect(shown()[0]).toBe('a v1 !root_open');
      end(job);
      await wait(1);
      expect(buffer.held).toEqual({ spans: 0, sizeBytes: 0 });
    });
  });

  it('counts a second span with an id, and a second end', () => {
    const { start, end, shown, dropped } = drive();
    start(agent);
    start(call);
    end(call);
    end(call);
    start(agent);
    end(agent);
    expect(shown()).toEqual(['a,b v1']);
    expect(dropped).toEqual({ 'duplicate-span': 2 });
  });

  it('writes 20,000 turns that never end, within its bounds', () => {
    const maxHeldBytes = 1024 * 1024;
    const { buffer, start, end, turns } = drive({ maxHeldBytes });
    for (let i = 0; i < 20_000; i += 1) {
      start({ id: 'a', role: 'agent', trace: String(i) });
      start({ id: 'b', parent: 'a', role: 'genai', trace: String(i) });
      end({ id: 'b', parent: 'a', role: 'genai', trace: String(i) });
      expect(buffer.held.sizeBytes).toBeLessThanOrEqual(maxHeldBytes);
    }
    buffer.writeAll();
    expect(turns).toHaveLength(20_000);
    expect(new Set(turns.map(({ traceId }) => traceId)).size).toBe(20_000);
    expect(new Set(turns.map(({ incompleteReason }) => incompleteReason))).toEqual(new Set(['root_open']));
  });

  it('keeps within the bound on spans that belong to no turn', () => {
    const { buffer, start, dropped } = drive({ maxHeldSpans: 100 });
    for (let i = 0; i < 1_000; i += 1) start({ id: 'socket', trace: String(i) });
    expect(buffer.held.spans).toBe(100);
    expect(dropped).toEqual({ 'span-bound': 900 });
  });

  it('makes of interleaved turns what buildTurns makes of their spans', () => {
    fc.assert(
      fc.property(fc.array(turnShape, { minLength: 1, maxLength: 6 }), fc.infiniteStream(fc.nat()), (shapes, seeds) => {
        const schedules = shapes.map((shape, i) => scheduleOf(shape, String(i)));
        const { start, end, turns, buffer } = drive();
        const spans: SampleSpan[] = [];
        const step = (schedule: Step[]) => {
          const next = schedule.shift();
          if (next?.kind === 'start') start(next.span);
          if (next?.kind === 'end') {
            spans.push(next.span);
            end(next.span);
          }
        };
        while (schedules.some((schedule) => schedule.length > 0)) {
          const running = schedules.filter((schedule) => schedule.length > 0);
          step(running[(seeds.next().value ?? 0) % running.length] ?? []);
        }
        const expected = buildTurns(spans.map(sampleSpan), sampleRole).map(show);
        expect([...turns.map(show)].sort()).toEqual([...expected].sort());
        expect(turns.every(({ recordVersion }) => recordVersion === 1)).toBe(true);
        buffer.writeAll();
        expect(turns).toHaveLength(expected.length);
      }),
    );
  });
});

interface Step {
  readonly kind: 'start' | 'end';
  readonly span: SampleSpan;
}

/** Parents of the spans of one trace: each span is below an earlier one. */
const turnShape = fc.array(fc.record({ parent: fc.nat(), role: fc.constantFrom('agent', 'genai', 'part', 'other') }), {
  minLength: 1,
  maxLength: 8,
});

/** Starts in order, ends innermost first, as synchronous code does it. */
function scheduleOf(
  shape: readonly { parent: number; role: 'agent' | 'genai' | 'part' | 'other' }[],
  trace: string,
): Step[] {
  const spans: SampleSpan[] = shape.map(({ parent, role }, i) => ({
    id: `s${trace}-${i}`,
    trace,
    role,
    start: i,
    ...(i > 0 && { parent: `s${trace}-${parent % i}` }),
  }));
  const starts = spans.map((span): Step => ({ kind: 'start', span }));
  const ends = [...spans].reverse().map((span): Step => ({ kind: 'end', span }));
  return [...starts, ...ends];
}
