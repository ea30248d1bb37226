import { isObject, type JsonObject, parseContainer } from '../base/json-value.ts';
import { parseFallbackPayload } from '../delivery/fallback-entry.ts';
import type { LedgerEntry, TableName } from '../delivery/row-sink.ts';
import { buildRowKey } from '../record/row-key.ts';
import { tableDefinition } from '../store/tables.ts';
import { PartJoiner } from './part-joiner.ts';
import type { ReportProblem } from './read-json-objects.ts';

/** A row that a source names; validated later. */
export type ReplayCandidate = Pick<LedgerEntry, 'table' | 'key'> & { readonly row: JsonObject };

/**
 * The rows in JSON objects of any of the forms that rows are kept in: entries of Cloud Logging (as `gcloud logging read` and sinks
 * to storage write them), lines of standard error, and records as `spanledger map` writes them.
 *
 * @param table table of plain records
 */
export async function* readCandidates(
  objects: AsyncIterable<Readonly<Record<string, unknown>>>,
  table: TableName,
  report: ReportProblem,
): AsyncGenerator<ReplayCandidate> {
  const { keyColumns } = tableDefinition(table) ?? {};
  const joiner = new PartJoiner();
  let foreign = 0;
  for await (const object of objects) {
    // A structured line that an agent kept as text.
    const line = typeof object.textPayload === 'string' ? parseContainer(object.textPayload) : undefined;
    const content = parseFallbackPayload(object.jsonPayload ?? object) ?? parseFallbackPayload(line);
    if (content === undefined) {
      if (typeof object.message_id === 'string') yield { table, key: buildRowKey(object, keyColumns), row: object };
      else foreign += 1;
      continue;
    }
    const { body } = content;
    if (body.kind === 'whole') {
      yield { table: content.table, key: content.key, row: body.record };
      continue;
    }
    const text = joiner.add(`${content.table}/${content.key}`, body);
    if (text === undefined) continue;
    const row = parseContainer(text);
    if (isObject(row)) yield { table: content.table, key: content.key, row };
    else report(`has parts that do not fit together for ${content.key}`);
  }
  joiner.end();
  if (joiner.incomplete > 0) report(`lacks parts of ${joiner.incomplete} records`);
  if (foreign > 0) report(`has ${foreign} objects that hold no record`);
}
