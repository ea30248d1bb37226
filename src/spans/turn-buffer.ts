import { RecentSet } from '../base/recent-set.ts';
import { assembleTurn } from './assemble-turn.ts';
import { hasValidIds } from './has-valid-ids.ts';
import {
  findAgentAbove,
  type HeldSpan,
  HeldSpans,
  isBelow,
  isWithinOpenSpan,
  spansBelow,
  type TakeSnapshot,
} from './held-spans.ts';
import type { SpanSnapshot } from './span-snapshot.ts';
import type { SpanRole } from './turn.ts';
import type { TurnBufferOptions } from './turn-buffer-options.ts';
import { type HeldTurn, TurnQueues } from './turn-queues.ts';

const FORGOTTEN_TRACES = 50_000;

/**
 * Between the live spans and the exporter: decides when a turn is finished. What a turn is, `buildTurns` alone says.
 * A turn is ready when its top has ended and nothing below it is open, `zipMetricsTimeout` after its top's end, or
 * `turnTimeout` after its start. A span that comes after that makes its turn ready again, as an amendment.
 * Over a bound, written turns are let go first, then the oldest turn is written as it is.
 * Invariant: every turn that was seen to start is handed to `onTurn` at least once, and never under a second root.
 */
export class TurnBuffer {
  readonly #options: TurnBufferOptions;
  readonly #spans = new HeldSpans();
  readonly #turns = new Map<HeldSpan, HeldTurn>();
  /** Local roots with agent turns below: their other GenAI spans make no turn. */
  readonly #agentRoots = new Map<HeldSpan, Set<HeldTurn>>();
  readonly #forgottenTraces = new RecentSet<string>(FORGOTTEN_TRACES);
  readonly #queues: TurnQueues;

  constructor(options: TurnBufferOptions) {
    this.#options = options;
    this.#queues = new TurnQueues(
      options,
      (turn) => this.#makeReady(turn),
      (turn) => this.#forget(turn),
    );
  }

  /** Spans and bytes held at the moment. */
  get held(): { readonly spans: number; readonly sizeBytes: number } {
    return { spans: this.#spans.count, sizeBytes: this.#spans.sizeBytes };
  }

  start(take: TakeSnapshot): void {
    const span = take();
    if (!hasValidIds(span)) return;
    if (this.#spans.find(span.traceId, span.spanId) !== undefined) {
      this.#options.onDrop('duplicate-span', 1);
      return;
    }
    if (this.#isLate(span)) return;
    this.#hold(span, take);
    this.#keepWithinBounds();
  }

  end(take: TakeSnapshot): void {
    const span = take();
    if (!hasValidIds(span)) {
      this.#options.onDrop('invalid-id', 1);
      return;
    }
    const held = this.#spans.find(span.traceId, span.spanId) ?? this.#holdUnseen(span, take);
    if (held === undefined) return;
    if (held.snapshot !== undefined) {
      this.#options.onDrop('duplicate-span', 1);
      return;
    }
    this.#spans.close(held, span);
    this.#queues.silent.delete(held);
    const role = this.#options.classify(span);
    const turn = this.#openTurnOf(held, role);
    if (turn === undefined && (role === 'genai' || role === 'tool') && !isWithinOpenSpan(held)) {
      this.#options.onDrop('outside-turn', 1);
    }
    if (turn === undefined && role === 'part') this.#options.onForeignPart(span);
    if (turn === undefined) this.#releaseOutsider(held);
    else this.#settle(turn, role);
    this.#keepWithinBounds();
  }

  /** Writes one ready turn, or asks a span that is due. @returns whether there was one */
  writeReady(): boolean {
    const [root] = this.#queues.toAsk;
    if (root !== undefined) {
      this.#queues.toAsk.delete(root);
      this.#askAgain(root);
      return true;
    }
    const [turn] = this.#queues.ready;
    if (turn === undefined) return false;
    this.#write(turn);
    return true;
  }

  /** Writes every turn that is not written, or has changed since, as it is now. */
  writeAll(): void {
    for (const root of this.#queues.silent.items()) this.#askAgain(root);
    for (const turn of [...this.#turns.values()]) if (turn.state === 'open' || turn.stale) this.#makeReady(turn);
    while (this.writeReady());
  }

  /** A span below a turn that was written and let go: it must not begin a second one. */
  #isLate(span: SpanSnapshot): boolean {
    return (
      span.parentSpanId !== undefined &&
      !span.parentIsRemote &&
      this.#forgottenTraces.has(span.traceId) &&
      this.#spans.parentOf(span) === undefined
    );
  }

  /** A span whose start was not seen: it began before the processor was there, or was let go. */
  #holdUnseen(span: SpanSnapshot, take: TakeSnapshot): HeldSpan | undefined {
    const wasRoot = span.parentSpanId === undefined || span.parentIsRemote;
    if (this.#isLate(span) || (wasRoot && this.#forgottenTraces.has(span.traceId))) {
      // A part may name its turn itself, and then adds to the row as one of another process does.
      if (this.#options.classify(span) === 'part') this.#options.onForeignPart(span);
      else this.#options.onDrop('late-span', 1);
      return undefined;
    }
    return this.#hold(span, take);
  }

  #hold(span: SpanSnapshot, take: TakeSnapshot): HeldSpan {
    const held = this.#spans.open(span, take);
    const turn = this.#openTurnOf(held, this.#options.classify(span));
    if (turn === undefined && held.parent === undefined) this.#queues.silent.add(held);
    return held;
  }

  /** The agent turn that a span is in; else the turn without an agent of its local root. */
  #turnOf(span: HeldSpan): HeldTurn | undefined {
    for (let held: HeldSpan | undefined = span; held !== undefined; held = held.parent) {
      const turn = this.#turns.get(held);
      if (turn !== undefined) return turn;
    }
    return undefined;
  }

  /** The turn that a span is in, opened if it begins one. */
  #openTurnOf(span: HeldSpan, role: SpanRole): HeldTurn | undefined {
    const turn = this.#turnOf(span);
    if (role === 'agent' && turn?.kind !== 'agent')
      return this.#openAgentTurn(findAgentAbove(span, this.#options.classify) ?? span);
    if ((role === 'genai' || role === 'tool') && turn === undefined && !this.#agentRoots.has(span.localRoot)) {
      const agent = findAgentAbove(span, this.#options.classify);
      return agent === undefined ? this.#openTurn(span.localRoot, 'genai') : this.#openAgentTurn(agent);
    }
    return turn;
  }

  /** Opens, and has written, the turns of a root that said nothing while its spans started, and none of which has ended. */
  #askAgain(root: HeldSpan): void {
    if (root.snapshot !== undefined || !this.#spans.has(root)) return;
    for (const held of [...spansBelow(root)]) {
      const span = held.snapshot ?? held.take?.();
      const turn = span && this.#openTurnOf(held, this.#options.classify(span));
      if (turn?.state === 'open') this.#makeReady(turn);
    }
    if (this.#turnOf(root) === undefined) this.#queues.silent.add(root);
  }

  #openAgentTurn(top: HeldSpan): HeldTurn {
    const siblings = this.#agentRoots.get(top.localRoot) ?? new Set();
    this.#agentRoots.set(top.localRoot, siblings);
    // What was opened below or beside before this span was known as an agent is part of its turn, or of none.
    for (const turn of siblings) if (isBelow(turn.top, top)) this.#drop(turn);
    const strays = this.#turns.get(top.localRoot);
    if (strays?.kind === 'genai') this.#drop(strays);
    const turn = this.#openTurn(top, 'agent');
    siblings.add(turn);
    return turn;
  }

  #openTurn(top: HeldSpan, kind: HeldTurn['kind']): HeldTurn {
    const turn: HeldTurn = {
      top,
      kind,
      state: 'open',
      recordVersion: 0,
      rootSpanId: undefined,
      complete: false,
      stale: false,
    };
    this.#turns.set(top, turn);
    this.#queues.silent.delete(top.localRoot);
    this.#queues.unwritten.add(turn);
    this.#options.onTurnStart();
    return turn;
  }

  #settle(turn: HeldTurn, role: SpanRole): void {
    if (turn.state === 'ready') return;
    if (turn.state === 'written') {
      if (role === 'other' && turn.complete) return;
      turn.stale = true;
    }
    if (turn.top.snapshot === undefined) return;
    if (turn.top.openCount === 0) this.#makeReady(turn);
    else this.#queues.waiting.add(turn);
  }

  #makeReady(turn: HeldTurn): void {
    this.#queues.delete(turn);
    turn.state = 'ready';
    this.#queues.ready.add(turn);
    this.#options.onReady();
  }

  #write(held: HeldTurn): void {
    this.#queues.delete(held);
    const turn = assembleTurn(held.top, this.#options.classify, held.rootSpanId);
    held.state = 'written';
    held.recordVersion += 1;
    held.rootSpanId ??= turn?.rootSpanId;
    held.stale = false;
    held.complete = turn?.incompleteReason === undefined;
    if (held.top.snapshot === undefined) this.#queues.unended.add(held);
    else this.#queues.written.add(held);
    if (turn !== undefined) this.#options.onTurn({ ...turn, recordVersion: held.recordVersion });
    // Under a root that never ends (a job, a socket) later model calls are another turn, not late spans of this one.
    const isOfTop = held.rootSpanId === held.top.spanId;
    if (held.kind === 'genai' && held.top.snapshot === undefined && !isOfTop) this.#forget(held);
  }

  /** Lets go of a written turn: what comes for it from now on is late. */
  #forget(turn: HeldTurn): void {
    const { top, kind } = turn;
    const { localRoot } = top;
    this.#drop(turn);
    if (kind === 'genai' && top.snapshot === undefined) {
      for (const child of [...top.children]) if (child.openCount === 0) this.#spans.remove(child);
      return;
    }
    this.#forgottenTraces.add(top.traceId);
    this.#spans.remove(top);
    if (top.parent !== undefined) this.#prune(top.parent);
    if (top === localRoot) this.#agentRoots.delete(localRoot);
    else this.#releaseRoot(localRoot);
  }

  #drop(turn: HeldTurn): void {
    this.#queues.delete(turn);
    this.#turns.delete(turn.top);
    this.#agentRoots.get(turn.top.localRoot)?.delete(turn);
  }

  /** A span in no turn: kept only while something below it may need it, or a turn may still open above it. */
  #releaseOutsider(held: HeldSpan): void {
    // What waited below for this span to say that it is an agent waits no longer.
    for (const below of [...spansBelow(held)].reverse()) {
      if (this.#spans.has(below) && this.#turnOf(below) === undefined) this.#prune(below);
    }
    this.#releaseRoot(held.localRoot);
  }

  /** Lets go of ended spans that are in no turn and above none, from here upward. */
  #prune(span: HeldSpan): void {
    let held: HeldSpan | undefined = span;
    while (held?.snapshot !== undefined && held.parent !== undefined && held.children.size === 0) {
      const { parent, snapshot }: HeldSpan = held;
      const mayJoin = !this.#agentRoots.has(held.localRoot) || isWithinOpenSpan(held);
      if ((mayJoin && this.#options.classify(snapshot) !== 'other') || this.#turns.has(held)) return;
      this.#spans.remove(held);
      held = parent;
    }
  }

  #releaseRoot(localRoot: HeldSpan): void {
    const agentTurns = this.#agentRoots.get(localRoot);
    if (localRoot.openCount > 0 || (agentTurns?.size ?? 0) > 0 || this.#turns.has(localRoot)) return;
    this.#agentRoots.delete(localRoot);
    this.#spans.remove(localRoot);
  }

  #keepWithinBounds(): void {
    const { maxHeldBytes, maxHeldSpans } = this.#options;
    while (this.#spans.sizeBytes > maxHeldBytes || this.#spans.count > maxHeldSpans) {
      const written = this.#queues.written.oldest() ?? this.#queues.unended.values().next().value;
      if (written?.stale === true) this.#write(written);
      else if (written !== undefined) this.#forget(written);
      else if (!this.writeReady()) this.#writeOldest();
    }
  }

  #writeOldest(): void {
    const turn = this.#queues.unwritten.oldest();
    if (turn !== undefined) {
      this.#write(turn);
      return;
    }
    const oldest = this.#spans.oldest();
    if (oldest === undefined) return;
    this.#agentRoots.delete(oldest);
    this.#queues.silent.delete(oldest);
    this.#options.onDrop('span-bound', this.#spans.remove(oldest));
  }
}
