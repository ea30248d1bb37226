import { expect, test } from 'vitest';
import { openWritable } from '../../src/base/open-sqlite.ts';
import { CONVERSATION_COLUMNS } from '../../src/record/conversation-columns.ts';
import { LocalStore } from '../../src/store/local-store.ts';
import { migrateSqlite, planSqliteMigration } from '../../src/store/migrate-sqlite.ts';
import { renderSqliteColumn } from '../../src/store/sqlite-schema.ts';
import { sampleEntry } from './sample-entry.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** What the tracker that is replaced wrote. */
const LEGACY_COLUMN_COUNT = 48;

test('a new store gets every table and the view; a second run changes nothing', () => {
  const database = openWritable(`${temporaryDirectory()}/store.db`, { busyTimeoutMillis: 50 });
  expect(migrateSqlite(database).map(({ resource, action }) => `${action} ${resource}`)).toEqual([
    'create table conversation_logs',
    'create table conversation_logs_legacy', // migration
    'create table token_mismatches', // migration
    'create table spans',
    'create view conversation_logs_latest',
  ]);
  expect(migrateSqlite(database).every(({ action }) => action === 'unchanged')).toBe(true);
  database.close();
});

test('an older table of 48 columns keeps its rows and takes new ones', () => {
  const path = `${temporaryDirectory()}/store.db`;
  const old = CONVERSATION_COLUMNS.slice(0, LEGACY_COLUMN_COUNT);
  expect(old.at(-1)?.name).toBe('zip_total_size_bytes');
  const database = openWritable(path, { busyTimeoutMillis: 50 });
  database.exec(`CREATE TABLE conversation_logs (${old.map(renderSqliteColumn).join(', ')})`);
  database.exec(
    `INSERT INTO conversation_logs (conversation_id, message_id, timestamp, message_type) VALUES ('c', 'old', '2020-01-01', 'user_question')`,
  );

  const added = planSqliteMigration(database).find(({ resource }) => resource === 'table conversation_logs');
  expect(added?.action).toBe('add-columns');
  expect(added?.detail.split(', ')).toEqual([
    ...CONVERSATION_COLUMNS.slice(LEGACY_COLUMN_COUNT).map(({ name }) => name),
    'insert_id',
  ]);
  expect(database.prepare('SELECT count(*) AS n FROM pragma_table_info(?)').get('conversation_logs')?.n).toBe(48);
  database.close();

  const store = LocalStore.open(path, { busyTimeoutMillis: 50 });
  store.insertRows([sampleEntry('new'), sampleEntry('new')]);
  expect(store.query('SELECT message_id FROM conversation_logs_latest ORDER BY 1')).toMatchObject([
    { message_id: 'new' },
    { message_id: 'old' },
  ]);
  store.close();
});

test('a view of an earlier version is replaced', () => {
  const database = openWritable(`${temporaryDirectory()}/store.db`, { busyTimeoutMillis: 50 });
  migrateSqlite(database);
  database.exec('DROP VIEW conversation_logs_latest; CREATE VIEW conversation_logs_latest AS SELECT 1 AS one');
  expect(migrateSqlite(database).filter(({ action }) => action !== 'unchanged')).toMatchObject([
    { resource: 'view conversation_logs_latest', action: 'replace' },
  ]);
  expect(database.prepare('SELECT count(message_id) AS n FROM conversation_logs_latest').get()?.n).toBe(0);
  database.close();
});
