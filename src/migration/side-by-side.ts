import type { Diagnostics } from '../base/diagnostics.ts';
import type { SettingValues } from '../config/setting-values.ts';
import type { ConversationRecord } from '../record/conversation-columns.ts';
import type { TurnReading } from '../record/turn-reading.ts';
import { buildLegacyRecord } from './build-legacy-record.ts';
import { buildMismatchRecords } from './build-mismatch-records.ts';
import { type ComparisonConfig, compareRecords } from './compare-records.ts';
import { findMismatchCauses } from './find-mismatch-cause.ts';
import { loadLegacyModule, type MapLegacy } from './load-legacy-module.ts';
import type { MismatchRecord } from './mismatch-columns.ts';
import { publishMismatches, sayTokenComparison } from './publish-mismatches.ts';

/** One row, as it was mapped and as it is stored after redaction. */
export interface ComparedRow {
  readonly record: ConversationRecord;
  readonly stored: ConversationRecord;
}

/** Everything that only a migration needs, behind one import. */
export interface SideBySide {
  readonly mapLegacy: MapLegacy;
  /**
   * Compares the two rows of a turn as they were mapped, tells operators, and gives the rows for `token_mismatches`,
   * whose values are those that are stored.
   */
  compare(reading: TurnReading, legacy: ComparedRow, solid: ComparedRow): MismatchRecord[];
}

export type SideBySideSettings = Pick<
  SettingValues,
  'legacyModule' | 'tokenDiffThreshold' | 'tokenDiffRatio' | 'compareIgnore'
>;

const CONSTANT_COLUMNS = ['agent_name', 'api_version', 'bigquery_project_used', 'client_info'];

/** @param baseDirectory where a module of one's own is looked for; default: the working directory */
export function createSideBySide(
  { legacyModule: module, tokenDiffThreshold, tokenDiffRatio, compareIgnore }: SideBySideSettings,
  baseDirectory: string | undefined,
  diagnostics: Diagnostics,
): SideBySide {
  const isBuiltIn = module === undefined;
  // What the built-in mapping writes into these says nothing about the turn.
  const ignore = [...(isBuiltIn ? CONSTANT_COLUMNS : []), ...compareIgnore];
  const config: ComparisonConfig = { tokenDiffThreshold, tokenDiffRatio, ignore };
  return {
    mapLegacy: isBuiltIn ? buildLegacyRecord : loadLegacyModule(module, baseDirectory, diagnostics),
    compare(reading, legacy, solid) {
      const differences = compareRecords(legacy.record, solid.record, config);
      const totalsDiffer = differences.some(({ field }) => field === 'total_token_count');
      sayTokenComparison(legacy.record, solid.record, totalsDiffer, diagnostics);
      if (differences.length === 0) return [];
      const byRules = isBuiltIn ? legacy.record : buildLegacyRecord(reading);
      const causes = findMismatchCauses(differences, legacy.record, byRules, reading);
      const mismatches = buildMismatchRecords(differences, causes, legacy.stored, solid.stored);
      publishMismatches(mismatches, solid.record);
      return mismatches;
    },
  };
}
