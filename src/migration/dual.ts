import { systemClock } from '../base/clock.ts';
import { describeError } from '../base/errors.ts';
import type { LedgerEntry } from '../delivery/row-sink.ts';
import {
  type ConversationExporterOptions,
  createConversationExporter,
  DEFAULT_MAPPING_TIMEOUT_MILLIS,
} from '../pipeline/conversation.ts';
import { handOver, type TurnWriteResult, type TurnWriter, writeTurn, writeTurnSync } from '../pipeline/write-turn.ts';
import type { Turn } from '../spans/turn.ts';
import type { TurnExporter, TurnExportResult } from '../spans/turn-exporter.ts';
import type { Backend } from './backend.ts';
import type { ComparisonConfig } from './compare-records.ts';
import type { LegacyMappingOptions } from './load-legacy-mapping.ts';
import type { SideBySide } from './side-by-side.ts';

// The exporter of a migration: it asks the live switch once for each finished turn and runs the mappings that the
// switch names. In `dual` the legacy row is with the sink before the span mapping starts, as production lives on it;
// from there on neither side knows of the other: each has its own time-out, its own write and its own result.
// The legacy code is imported at the first turn that needs it.

export interface DualExporterOptions extends ConversationExporterOptions {
  /** The live switch; asked once a turn, must not throw. */
  readonly readBackend: () => Backend;
  readonly legacy?: LegacyMappingOptions & {
    /** Time that an asynchronous tracker may take for a turn, its import included. Default 5,000 ms. */
    readonly timeoutMillis?: number | undefined;
  };
  readonly comparison?: Partial<ComparisonConfig> | undefined;
}

/** What the comparison of the two mappings has seen since the start. */
export interface DualStats {
  /** Turns that both mappings made a row of. */
  readonly compared: number;
  /** Of these, turns without a difference. */
  readonly matched: number;
  /** Rows that could not be made or handed over, in `legacy` and `dual` mode. */
  readonly legacyFailures: number;
  readonly solidFailures: number;
}

export interface DualExporter extends Required<Omit<TurnExporter, 'amend'>> {
  stats(): DualStats;
}

/**
 * The exporter of `legacy` and `dual` mode, and of `solid` while the switch says so.
 *
 * | mode | `conversation_logs` | `conversation_logs_legacy` | `token_mismatches` |
 * |---|---|---|---|
 * | `solid` | span mapping | | |
 * | `legacy` | legacy mapping | | |
 * | `dual` | span mapping | legacy mapping | their differences |
 *
 * @example
 * const exporter = createDualExporter({ sink, map, diagnostics, readBackend: () => flag.current() });
 */
export function createDualExporter(options: DualExporterOptions): DualExporter {
  return new SwitchedExporter(options);
}

type Side = 'legacy' | 'solid';

class SwitchedExporter implements DualExporter {
  readonly #options: DualExporterOptions;
  readonly #solidOnly: ReturnType<typeof createConversationExporter>;
  readonly #legacy: TurnWriter;
  readonly #solid: TurnWriter;
  readonly #stats = { compared: 0, matched: 0, legacyFailures: 0, solidFailures: 0 };
  /** Turns whose legacy side is still busy: their solid rows must not be lost with the process. */
  readonly #waiting = new Set<Turn>();
  #loading: Promise<SideBySide> | undefined;
  #sideBySide: SideBySide | undefined;

  constructor(options: DualExporterOptions) {
    this.#options = options;
    const { sink, map, redact, legacy } = options;
    this.#solidOnly = createConversationExporter(options);
    this.#solid = {
      sink,
      map,
      redact,
      timeoutMillis: options.timeoutMillis ?? DEFAULT_MAPPING_TIMEOUT_MILLIS,
      clock: options.clock ?? systemClock,
    };
    this.#legacy = {
      ...this.#solid,
      map: (turn) => this.#sideBySide?.mapLegacy(turn) ?? this.#load().then(({ mapLegacy }) => mapLegacy(turn)),
      timeoutMillis: legacy?.timeoutMillis ?? DEFAULT_MAPPING_TIMEOUT_MILLIS,
    };
  }

  prepare(): void {
    // A failure of the import is reported by the turn that needs it.
    if (this.#options.readBackend() !== 'solid') this.#load().catch(() => {});
  }

  async export(turn: Turn): Promise<TurnExportResult> {
    const backend = this.#options.readBackend();
    if (backend === 'solid') return this.#solidOnly.export(turn);
    if (backend === 'legacy') {
      return finish([await this.#failureOf('legacy', await writeTurn(this.#legacy, turn, 'conversation_logs'))]);
    }
    this.#waiting.add(turn);
    const legacy = await writeTurn(this.#legacy, turn, 'conversation_logs_legacy');
    if (!this.#waiting.delete(turn)) return finish([await this.#failureOf('legacy', legacy)]);
    const solid = await writeTurn(this.#solid, turn, 'conversation_logs');
    const compared = this.#compare(turn, legacy, solid);
    return finish(await Promise.all([this.#failureOf('legacy', legacy), this.#failureOf('solid', solid), compared]));
  }

  exportSync(turn: Turn): void {
    const backend = this.#options.readBackend();
    if (backend === 'solid') {
      this.#solidOnly.exportSync(turn);
      return;
    }
    const both = backend === 'dual';
    const legacy = writeTurnSync(this.#legacy, turn, both ? 'conversation_logs_legacy' : 'conversation_logs');
    void this.#failureOf('legacy', legacy);
    if (both) {
      const solid = writeTurnSync(this.#solid, turn, 'conversation_logs');
      void this.#failureOf('solid', solid);
      void this.#compare(turn, legacy, solid);
    }
    this.#options.sink.persistSync?.();
  }

  finishSync(): void {
    for (const turn of this.#waiting)
      void this.#failureOf('solid', writeTurnSync(this.#solid, turn, 'conversation_logs'));
    this.#waiting.clear();
  }

  stats(): DualStats {
    return { ...this.#stats };
  }

  #load(): Promise<SideBySide> {
    const { legacy = {}, comparison = {}, diagnostics } = this.#options;
    this.#loading ??= import('./side-by-side.ts').then(({ createSideBySide }) => {
      this.#sideBySide = createSideBySide(legacy, comparison, diagnostics);
      return this.#sideBySide;
    });
    return this.#loading;
  }

  /** Compares what both sides made, and hands the differences over at once. */
  #compare(turn: Turn, legacy: TurnWriteResult, solid: TurnWriteResult): Promise<string | undefined> {
    const sideBySide = this.#sideBySide;
    if (sideBySide === undefined || legacy.status === 'failed' || solid.status === 'failed') {
      return Promise.resolve(undefined);
    }
    const { sink, diagnostics } = this.#options;
    try {
      const mismatches = sideBySide.compare(turn, legacy, solid);
      this.#stats.compared += 1;
      if (mismatches.length === 0) {
        this.#stats.matched += 1;
        return Promise.resolve(undefined);
      }
      const version = solid.stored.record_version ?? 1;
      const entries = mismatches.map(
        (row): LedgerEntry => ({ table: 'token_mismatches', key: `${row.message_id}:${version}:${row.field}`, row }),
      );
      return handOver(sink, entries);
    } catch (error) {
      diagnostics.warn('comparison_failed', `the two rows of a turn could not be compared: ${describeError(error)}`);
      return Promise.resolve(undefined);
    }
  }

  async #failureOf(side: Side, written: TurnWriteResult): Promise<string | undefined> {
    const reason = written.status === 'failed' ? written.reason : await written.settled;
    if (reason === undefined) return undefined;
    this.#stats[side === 'legacy' ? 'legacyFailures' : 'solidFailures'] += 1;
    this.#options.diagnostics.warn(`${side}_row_failed`, `the ${side} row of a turn could not be written: ${reason}`);
    return `${side}: ${reason}`;
  }
}

function finish(failures: readonly (string | undefined)[]): TurnExportResult {
  const reasons = failures.filter((reason) => reason !== undefined);
  return reasons.length === 0 ? { status: 'exported' } : { status: 'failed', reason: reasons.join('; ') };
}
