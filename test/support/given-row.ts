import type { RedactedRow } from '../../src/record/redacted-row.ts';

/** A row as a test writes it down, where how it was redacted does not matter. */
export function givenRow(row: Readonly<Record<string, unknown>>): RedactedRow {
  return row as RedactedRow;
}
