import type { Diagnostics } from '../base/diagnostics.ts';
import type { ConversationRecord } from '../record/conversation-columns.ts';
import { readTurn } from '../record/read-turn.ts';
import type { Turn } from '../spans/turn.ts';
import { buildMismatchRecords } from './build-mismatch-records.ts';
import { type ComparisonConfig, compareRecords, DEFAULT_COMPARISON } from './compare-records.ts';
import { findMismatchCauses } from './find-mismatch-cause.ts';
import { type LegacyMappingOptions, loadLegacyMapping } from './load-legacy-mapping.ts';
import type { MismatchRecord } from './mismatch-columns.ts';
import { publishMismatches, sayTokenComparison } from './publish-mismatches.ts';
import type { TurnMapping } from './run-mapping.ts';

/** One row, as it was mapped and as it is stored after redaction. */
export interface ComparedRow {
  readonly record: ConversationRecord;
  readonly stored: ConversationRecord;
}

/** Everything that only a migration needs, behind one import. */
export interface SideBySide {
  readonly mapLegacy: TurnMapping;
  /**
   * Compares the two rows of a turn as they were mapped, tells operators, and gives the rows for `token_mismatches`,
   * whose values are those that are stored.
   */
  compare(turn: Turn, legacy: ComparedRow, solid: ComparedRow): MismatchRecord[];
}

const CONSTANT_COLUMNS = ['agent_name', 'api_version', 'bigquery_project_used', 'client_info'];

export function createSideBySide(
  legacy: LegacyMappingOptions,
  comparison: Partial<ComparisonConfig>,
  diagnostics: Diagnostics,
): SideBySide {
  const chosen: ComparisonConfig = { ...DEFAULT_COMPARISON, ...comparison };
  // What the built-in mapping writes into these says nothing about the turn.
  const constant = legacy.module === undefined ? CONSTANT_COLUMNS : [];
  const config: ComparisonConfig = { ...chosen, ignore: [...constant, ...chosen.ignore] };
  return {
    mapLegacy: loadLegacyMapping(legacy, diagnostics),
    compare(turn, legacyRow, solidRow) {
      const differences = compareRecords(legacyRow.record, solidRow.record, config);
      if (config.compareTokens) {
        const totalsDiffer = differences.some(({ field }) => field === 'total_token_count');
        sayTokenComparison(legacyRow.record, solidRow.record, totalsDiffer, diagnostics);
      }
      if (differences.length === 0) return [];
      const causes = findMismatchCauses(differences, legacyRow.record, readTurn(turn), legacy.constants);
      const mismatches = buildMismatchRecords(differences, causes, legacyRow.stored, solidRow.stored);
      publishMismatches(mismatches, solidRow.record);
      return mismatches;
    },
  };
}
