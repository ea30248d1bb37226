import type { ContentPolicy } from '../privacy/content-policy.ts';
import type { TableDefinition } from './column.ts';
import { hasColumn, RedactionPass } from './redaction-pass.ts';

/** Nominal, with a protected member: no literal is one, and neither is a copy that was changed after the redaction. */
declare class Redacted {
  protected readonly redacted: true;
  readonly [column: string]: unknown;
}

/** A row that may leave the process. {@link redactRow} is the only function that makes one. */
export type RedactedRow<Row = Readonly<Record<string, unknown>>> = Row & Redacted;

/**
 * The row as it may leave the process: a copy with the content policy applied to every text that the package did not
 * make itself, by the classes of the table's columns. For whole rows and for some columns of one, of whatever origin:
 * columns that are absent stay absent, and text that is out of place is treated as a question. Lengths and counts stay
 * those of the whole text.
 *
 * Sets `content_policy`, and `content_truncated` where text was cut, hashed or removed; a mask shows itself. A redactor
 * that fails removes the text. A row that passed already comes out the same, byte for byte, and no policy undoes what
 * a stricter one did.
 */
export function redactRow<Row extends Readonly<Record<string, unknown>>>(
  table: TableDefinition,
  row: Row,
  policy: ContentPolicy,
): RedactedRow<Row> {
  const compared = table.comparedColumns?.find(({ name }) => name === row.field);
  const pass = new RedactionPass(policy, row.content_policy, compared);
  const redacted = pass.record(table.columns, row);
  if (Object.hasOwn(row, 'content_truncated')) redacted.content_truncated = pass.cut || row.content_truncated === true;
  if (hasColumn(table.columns, 'content_policy')) redacted.content_policy = pass.statement();
  // The cells were copied one by one, each by its column.
  return redacted as RedactedRow<Row>;
}
