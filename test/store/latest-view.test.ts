import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LedgerEntry } from '../../src/delivery/row-sink.ts';
import { ZIP_AMENDMENT } from '../../src/record/zip-amendment.ts';
import { LocalStore } from '../../src/store/local-store.ts';
import { sampleEntry } from './sample-entry.ts';
import { temporaryDirectory } from './temporary-directory.ts';

function latest(entries: readonly LedgerEntry[], columns: string): Record<string, unknown>[] {
  const store = LocalStore.open(join(temporaryDirectory(), 'store.db'), { busyTimeoutMillis: 50 });
  store.insertRows(entries);
  const rows = store.query(`SELECT ${columns} FROM conversation_logs_latest ORDER BY message_id`);
  store.close();
  return rows.map((row) => ({ ...row }));
}

const amendment = (messageId: string, version: number, zip: Record<string, unknown>): LedgerEntry =>
  sampleEntry(messageId, { message_type: ZIP_AMENDMENT, record_version: version, ...zip });

test('the newest version of a turn wins as a whole: what it takes back is gone', () => {
  const entries = [
    sampleEntry('m', { record_version: 2, success: true, error_message: null, total_token_count: 30 }),
    sampleEntry('m', { record_version: 1, success: false, error_message: 'late', total_token_count: 10 }),
  ];
  expect(latest(entries, 'record_version, success, error_message, total_token_count')).toEqual([
    { record_version: 2, success: 1, error_message: null, total_token_count: 30 },
  ]);
});

test('copies of a row that an insert id missed are one turn', () => {
  const copy = sampleEntry('m', { total_token_count: 5 });
  expect(latest([copy, { ...copy, key: 'copy' }, sampleEntry('n')], 'message_id')).toEqual([
    { message_id: 'm' },
    { message_id: 'n' },
  ]);
});

test('a ZIP made elsewhere fills the ZIP columns and blanks nothing', () => {
  const entries = [
    sampleEntry('m', { user_question: 'q', total_token_count: 9 }),
    amendment('m', 7, { zip_generated: true, zip_id: 'z', zip_files_included: 60, zip_files_missing: 0 }),
    sampleEntry('other'),
  ];
  const columns =
    'message_type, user_question, total_token_count, record_version, zip_generated, zip_id, zip_files_included';
  expect(latest(entries, columns)).toEqual([
    {
      message_type: 'user_question',
      user_question: 'q',
      total_token_count: 9,
      record_version: 1,
      zip_generated: 1,
      zip_id: 'z',
      zip_files_included: 60,
    },
    expect.objectContaining({ zip_id: null, zip_generated: null }),
  ]);
});

test('an amendment survives a later version of the turn that knows of no ZIP', () => {
  const entries = [
    sampleEntry('m'),
    amendment('m', 2, { zip_id: 'z', zip_total_size_bytes: 100 }),
    sampleEntry('m', { record_version: 3, total_token_count: 4 }),
  ];
  expect(latest(entries, 'record_version, total_token_count, zip_id, zip_total_size_bytes')).toEqual([
    { record_version: 3, total_token_count: 4, zip_id: 'z', zip_total_size_bytes: 100 },
  ]);
});

test('of two ZIPs the newest is shown whole, never a mixture', () => {
  const entries = [
    sampleEntry('m', { zip_id: 'first', zip_files_included: 3, zip_files_missing: 2 }),
    amendment('m', 5, { zip_id: 'second', zip_files_included: 8, zip_files_missing: null }),
  ];
  expect(latest(entries, 'zip_id, zip_files_included, zip_files_missing')).toEqual([
    { zip_id: 'second', zip_files_included: 8, zip_files_missing: null },
  ]);
});

test('an amendment alone is no turn', () => {
  expect(latest([amendment('m', 1, { zip_id: 'z' })], 'message_id')).toEqual([]);
});
