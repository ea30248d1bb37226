import type { Clock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import { describeError } from '../base/errors.ts';
import type { ResolvedConfig } from '../config/resolve-config.ts';
import type { SettingValues } from '../config/setting-values.ts';
import type { RowWriter, WrittenRow } from '../delivery/row-writer.ts';
import type { TableDefinition } from '../record/column.ts';
import { CONVERSATION_LOGS, type ConversationRecord } from '../record/conversation-columns.ts';
import { buildRowKey } from '../record/row-key.ts';
import type { TurnReading } from '../record/turn-reading.ts';
import type { TurnExportResult } from '../spans/turn-exporter.ts';
import { type BackendSwitch, watchBackend } from './backend-switch.ts';
import { CONVERSATION_LOGS_LEGACY, TOKEN_MISMATCHES } from './mismatch-columns.ts';
import type { SideBySide } from './side-by-side.ts';

// The live switch is asked once for each finished turn. In `dual` the legacy row is with the sink before the span mapping
// starts, as production lives on it; from there on neither side knows of the other: each has its own time-out, its own
// write and its own result. The legacy code is imported at the first turn that needs it.

/** A turn as the pipeline hands it over. */
export interface MigratingTurn {
  readonly reading: TurnReading;
  /** The span mapping's record. May throw. */
  readonly map: () => ConversationRecord;
  readonly writer: RowWriter;
}

export interface MigrationModeOptions {
  readonly backend: BackendSwitch;
  readonly values: Pick<
    SettingValues,
    'legacyModule' | 'compareTokens' | 'tokenDiffThreshold' | 'tokenDiffRatio' | 'compareIgnore'
  >;
  /** Where a tracker of one's own is looked for. Default: the process's working directory. */
  readonly baseDirectory?: string;
  readonly diagnostics: Diagnostics;
  readonly clock: Clock;
}

/** Time that a tracker of one's own may take for a turn, its import included. */
const LEGACY_TIMEOUT_MILLIS = 5_000;

type Side = 'legacy' | 'solid';

interface Failure {
  readonly failure: string;
}

type Mapped = { readonly record: ConversationRecord } | Failure;

type Outcome = WrittenRow | Failure;

/**
 * The detour of turns while a migration lasts.
 *
 * | mode | `conversation_logs` | `conversation_logs_legacy` | `token_mismatches` |
 * |---|---|---|---|
 * | `solid` | span mapping | | |
 * | `legacy` | legacy mapping | | |
 * | `dual` | span mapping | legacy mapping | their differences |
 */
export class MigrationMode {
  readonly #options: MigrationModeOptions;
  /** Turns whose legacy side is still busy: their solid rows must not be lost with the process. */
  readonly #waiting = new Set<MigratingTurn>();
  #loading: Promise<SideBySide> | undefined;
  #sideBySide: SideBySide | undefined;

  constructor(options: MigrationModeOptions) {
    this.#options = options;
  }

  export(turn: MigratingTurn): Promise<TurnExportResult> | undefined {
    const backend = this.#options.backend.current();
    if (backend === 'solid') return undefined;
    return backend === 'legacy' ? this.#exportLegacy(turn) : this.#exportBoth(turn);
  }

  exportSync(turn: MigratingTurn): boolean {
    const backend = this.#options.backend.current();
    if (backend === 'solid') return false;
    const isDual = backend === 'dual';
    const mapped = this.#startLegacy(turn.reading);
    const legacy = this.#write(turn, isDual ? CONVERSATION_LOGS_LEGACY : CONVERSATION_LOGS, () => {
      if (!(mapped instanceof Promise)) return recordOf(mapped);
      mapped.catch(() => {});
      throw new Error('the process ended before the mapping had its row');
    });
    void this.#failureOf('legacy', legacy);
    if (isDual) {
      const solid = this.#writeSolid(turn);
      void this.#failureOf('solid', solid);
      void this.#compare(turn, legacy, solid);
    }
    return true;
  }

  finishSync(): void {
    for (const turn of this.#waiting) void this.#failureOf('solid', this.#writeSolid(turn));
    this.#waiting.clear();
  }

  close(): void {
    this.#options.backend.close();
  }

  async #exportLegacy(turn: MigratingTurn): Promise<TurnExportResult> {
    const mapped = await this.#mapLegacy(turn.reading);
    const legacy = this.#write(turn, CONVERSATION_LOGS, () => recordOf(mapped));
    return finish([await this.#failureOf('legacy', legacy)]);
  }

  async #exportBoth(turn: MigratingTurn): Promise<TurnExportResult> {
    this.#waiting.add(turn);
    const mapped = await this.#mapLegacy(turn.reading);
    const legacy = this.#write(turn, CONVERSATION_LOGS_LEGACY, () => recordOf(mapped));
    if (!this.#waiting.delete(turn)) return finish([await this.#failureOf('legacy', legacy)]);
    const solid = this.#writeSolid(turn);
    const compared = this.#compare(turn, legacy, solid);
    return finish(await Promise.all([this.#failureOf('legacy', legacy), this.#failureOf('solid', solid), compared]));
  }

  #writeSolid(turn: MigratingTurn): Outcome {
    return this.#write(turn, CONVERSATION_LOGS, turn.map);
  }

  #write({ writer }: MigratingTurn, table: TableDefinition, map: () => ConversationRecord): Outcome {
    try {
      return writer.write(table, map());
    } catch (error) {
      return { failure: describeError(error) };
    }
  }

  /** At once where the mapping is loaded and needs no waiting. */
  #startLegacy(reading: TurnReading): Mapped | Promise<ConversationRecord> {
    try {
      const mapped = this.#sideBySide?.mapLegacy(reading) ?? this.#load().then(({ mapLegacy }) => mapLegacy(reading));
      return mapped instanceof Promise ? mapped : { record: mapped };
    } catch (error) {
      return { failure: describeError(error) };
    }
  }

  async #mapLegacy(reading: TurnReading): Promise<Mapped> {
    const mapped = this.#startLegacy(reading);
    if (!(mapped instanceof Promise)) return mapped;
    const { clock } = this.#options;
    const result = await withDeadline({ clock, timeoutMillis: LEGACY_TIMEOUT_MILLIS }, () => mapped);
    if (result.status === 'done') return { record: result.value };
    return { failure: result.status === 'failed' ? result.reason : `no row within ${LEGACY_TIMEOUT_MILLIS} ms` };
  }

  #load(): Promise<SideBySide> {
    const { values, baseDirectory, diagnostics } = this.#options;
    this.#loading ??= import('./side-by-side.ts').then(({ createSideBySide }) => {
      this.#sideBySide = createSideBySide(values, baseDirectory, diagnostics);
      return this.#sideBySide;
    });
    return this.#loading;
  }

  /** Compares what both sides made, and hands the differences over. @returns why that failed, if so */
  async #compare({ reading, writer }: MigratingTurn, legacy: Outcome, solid: Outcome): Promise<string | undefined> {
    const { values, diagnostics } = this.#options;
    const sideBySide = this.#sideBySide;
    if (!values.compareTokens || sideBySide === undefined || 'failure' in legacy || 'failure' in solid)
      return undefined;
    try {
      const mismatches = sideBySide.compare(reading, legacy, solid);
      if (mismatches.length === 0) return undefined;
      const version = solid.stored.record_version;
      const rows = mismatches.map((row) => ({ key: buildRowKey(row, TOKEN_MISMATCHES.keyColumns, version), row }));
      return await writer.writeAll(TOKEN_MISMATCHES, rows);
    } catch (error) {
      diagnostics.warn('comparison-failed', `the two rows of a turn could not be compared: ${describeError(error)}`);
      return undefined;
    }
  }

  async #failureOf(side: Side, outcome: Outcome): Promise<string | undefined> {
    const reason = 'failure' in outcome ? outcome.failure : await outcome.settled;
    if (reason === undefined) return undefined;
    const { diagnostics } = this.#options;
    diagnostics.warn(`${side}-row-failed`, `the ${side} row of a turn could not be written: ${reason}`);
    return `${side}: ${reason}`;
  }
}

interface Surroundings {
  readonly diagnostics: Diagnostics;
  readonly clock: Clock;
}

/** The detour of a process that runs: its live switch is watched from now on. */
export function watchMigration(options: Surroundings & { readonly config: ResolvedConfig }): MigrationMode {
  const { config, diagnostics, clock } = options;
  const backend = watchBackend(config, clock, diagnostics);
  return new MigrationMode({ backend, values: config.values, diagnostics, clock });
}

/** The detour of a command, whose switch nobody turns. */
export function fixedMigration(options: Surroundings & { readonly values: SettingValues }): MigrationMode {
  const { values, diagnostics, clock } = options;
  const backend = { current: () => values.backend, close: () => undefined };
  return new MigrationMode({ backend, values, diagnostics, clock });
}

function recordOf(mapped: Mapped): ConversationRecord {
  if ('failure' in mapped) throw new Error(mapped.failure);
  return mapped.record;
}

function finish(failures: readonly (string | undefined)[]): TurnExportResult {
  const reasons = failures.filter((reason) => reason !== undefined);
  return reasons.length === 0 ? { status: 'exported' } : { status: 'failed', reason: reasons.join('; ') };
}
