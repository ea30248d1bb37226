import type { ContentPolicy } from '../privacy/content-policy.ts';
import type { TableDefinition } from './column.ts';

/** Nominal, with a private member: no literal is one, and neither is a copy that was changed after the redaction. */
declare class Redacted {
  readonly #redacted: true;
  readonly [column: string]: unknown;
}

/** A row that may leave the process. {@link redactRow} is the only function that makes one. */
export type RedactedRow<Row = Readonly<Record<string, unknown>>> = Row & Redacted;

export function redactRow<Row extends Readonly<Record<string, unknown>>>(
  table: TableDefinition,
  row: Row,
  policy: ContentPolicy,
): RedactedRow<Row> {
  throw new Error(`${table.name} ${Object.keys(row).length} ${policy.hash('')}`);
}
