import { systemClock } from '../src/clock.ts';
import type { Backend } from '../src/config/backend.ts';
import { describeError } from '../src/errors.ts';
import type { ComparisonConfig } from '../src/record/compare-records.ts';
import type { LegacyMappingOptions } from '../src/record/legacy/load-legacy-mapping.ts';
import type { SideBySide } from '../src/record/legacy/side-by-side.ts';
import type { MismatchRecord } from '../src/record/mismatch-columns.ts';
import type { LedgerEntry } from '../src/sinks/record-sink.ts';
import { handOver, type TurnWriteResult, type TurnWriter, writeTurn } from '../src/sinks/write-turn.ts';
import type { Turn } from '../src/span-tree/turn.ts';
import type { TurnExporter, TurnExportResult } from '../src/span-tree/turn-exporter.ts';
import {
  type ConversationExporterOptions,
  createConversationExporter,
  DEFAULT_MAPPING_TIMEOUT_MILLIS,
} from './conversation.ts';

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
  /** Turns that only the other mapping, or none, made a row of. */
  readonly legacyFailures: number;
  readonly solidFailures: number;
}

export interface DualExporter extends TurnExporter {
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
  const { sink, redact, diagnostics, readBackend, legacy = {} } = options;
  const clock = options.clock ?? systemClock;
  const stats = { compared: 0, matched: 0, legacyFailures: 0, solidFailures: 0 };
  const solidOnly = createConversationExporter(options);
  const timeoutMillis = options.timeoutMillis ?? DEFAULT_MAPPING_TIMEOUT_MILLIS;
  const solidWriter: TurnWriter = { sink, map: options.map, redact, timeoutMillis, clock };
  let loading: Promise<SideBySide> | undefined;
  const load = (): Promise<SideBySide> => {
    loading ??= import('../src/record/legacy/side-by-side.ts').then(({ createSideBySide }) =>
      createSideBySide(legacy, options.comparison ?? {}, diagnostics),
    );
    return loading;
  };
  const legacyWriter: TurnWriter = {
    ...solidWriter,
    map: async (turn) => (await load()).mapLegacy(turn),
    timeoutMillis: legacy.timeoutMillis ?? DEFAULT_MAPPING_TIMEOUT_MILLIS,
  };

  const exportLegacy = async (turn: Turn): Promise<TurnExportResult> => {
    const written = await writeTurn(legacyWriter, turn, 'conversation_logs');
    return finish([await failureOf('legacy', written)]);
  };

  const exportBoth = async (turn: Turn): Promise<TurnExportResult> => {
    const legacyWritten = await writeTurn(legacyWriter, turn, 'conversation_logs_legacy');
    const solidWritten = await writeTurn(solidWriter, turn, 'conversation_logs');
    const compared = compare(turn, legacyWritten, solidWritten);
    return finish(await Promise.all([failureOf('legacy', legacyWritten), failureOf('solid', solidWritten), compared]));
  };

  const compare = async (turn: Turn, legacyRow: TurnWriteResult, solidRow: TurnWriteResult) => {
    if (legacyRow.status === 'failed' || solidRow.status === 'failed') return undefined;
    let mismatches: MismatchRecord[];
    try {
      mismatches = (await load()).compare(turn, legacyRow, solidRow);
    } catch (error) {
      diagnostics.warn('comparison_failed', `the two rows of a turn could not be compared: ${describeError(error)}`);
      return undefined;
    }
    stats.compared += 1;
    if (mismatches.length === 0) {
      stats.matched += 1;
      return undefined;
    }
    const version = solidRow.record.record_version ?? 1;
    const entries = mismatches.map(
      (row): LedgerEntry => ({ table: 'token_mismatches', key: `${row.message_id}:${version}:${row.field}`, row }),
    );
    return handOver(sink, entries);
  };

  const failureOf = async (side: 'legacy' | 'solid', written: TurnWriteResult): Promise<string | undefined> => {
    const reason = written.status === 'failed' ? written.reason : await written.settled;
    if (reason === undefined) return undefined;
    stats[side === 'legacy' ? 'legacyFailures' : 'solidFailures'] += 1;
    diagnostics.warn(`${side}_row_failed`, `the ${side} row of a turn could not be written: ${reason}`);
    return `${side}: ${reason}`;
  };

  return {
    async export(turn) {
      switch (readBackend()) {
        case 'solid':
          return solidOnly.export(turn);
        case 'legacy':
          return exportLegacy(turn);
        case 'dual':
          return exportBoth(turn);
      }
    },
    stats: () => ({ ...stats }),
  };
}

function finish(failures: readonly (string | undefined)[]): TurnExportResult {
  const reasons = failures.filter((reason) => reason !== undefined);
  return reasons.length === 0 ? { status: 'exported' } : { status: 'failed', reason: reasons.join('; ') };
}
