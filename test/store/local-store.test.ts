import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CONVERSATION_LOGS } from '../../src/record/conversation-columns.ts';
import { LocalStore } from '../../src/store/local-store.ts';
import { decodeSqliteRow } from '../support/decode-sqlite-row.ts';
import { CUTS_AT_NUL } from '../support/old-sqlite.ts';
import { sampleEntry } from './sample-entry.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const open = (path: string): LocalStore => LocalStore.open(path, { busyTimeoutMillis: 50 });

test('a row comes back as it was written', () => {
  const path = join(temporaryDirectory(), 'nested', 'store.db');
  const entry = sampleEntry('m1', {
    user_question: `Facturas de "Ñuñoa" 🧾\n${CUTS_AT_NUL ? '' : '\u0000'} מימין`,
    tools_used: ['search', 'search'],
    success: false,
    response_quality_score: 0.1 + 0.2,
    client_info: { user_agent: 'x', ip_address: null, platform: null },
    model_calls: [{ span_id: 'a', model: 'm', prompt_token_count: 12, error: null }],
    zip_total_size_bytes: Number.MAX_SAFE_INTEGER,
  });
  const store = open(path);
  expect(store.insertRows([entry])).toEqual([true]);
  store.close();

  const reader = LocalStore.openReadOnly(path);
  const [stored] = reader.query('SELECT * FROM conversation_logs');
  reader.close();
  expect(decodeSqliteRow(CONVERSATION_LOGS, stored ?? {})).toEqual(entry.row);
});

test('a key is one row, however often and by whomever it is written', () => {
  const path = join(temporaryDirectory(), 'store.db');
  const [one, other] = [open(path), open(path)];
  const entry = sampleEntry('m1');
  expect(one.insertRows([entry, entry])).toEqual([true, true]);
  expect(other.insertRows([entry])).toEqual([true]);
  expect(other.query('SELECT count(*) AS n FROM conversation_logs')).toMatchObject([{ n: 1 }]);
  one.close();
  other.close();
});

test('a refused row does not hold up its neighbours', () => {
  const store = open(join(temporaryDirectory(), 'store.db'));
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const entries = [
    sampleEntry('good'),
    sampleEntry('text-in-number', { total_token_count: 'many' }),
    sampleEntry('fraction', { total_token_count: 1.5 }),
    sampleEntry('no-timestamp', { timestamp: null }),
    sampleEntry('no-json', { tools_used: [circular] }),
    sampleEntry('good-too'),
  ];
  expect(store.insertRows(entries)).toEqual([true, false, false, false, false, true]);
  expect(store.query('SELECT message_id FROM conversation_logs ORDER BY 1')).toMatchObject([
    { message_id: 'good' },
    { message_id: 'good-too' },
  ]);
  store.close();
});

test('a reader sees the store while it is written, and a checkpoint empties the log', () => {
  const path = join(temporaryDirectory(), 'store.db');
  const writer = open(path);
  writer.insertRows([sampleEntry('m1')]);
  const reader = LocalStore.openReadOnly(path);
  writer.insertRows([sampleEntry('m2')]);
  expect(reader.query('SELECT count(*) AS n FROM conversation_logs')).toMatchObject([{ n: 2 }]);
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
  writer.checkpoint();
  expect(statSync(`${path}-wal`).size).toBe(0);
  reader.close();
  writer.close();
});

test('the store is for its owner only', () => {
  const directory = join(temporaryDirectory(), 'private');
  open(join(directory, 'store.db')).close();
  expect(statSync(directory).mode & 0o077).toBe(0);
});

test('a store whose file was deleted says so', () => {
  const path = join(temporaryDirectory(), 'store.db');
  const store = open(path);
  expect(store.isReplaced).toBe(false);
  rmSync(path);
  expect(store.isReplaced).toBe(true);
  store.close();
});

test('reading what is not there creates nothing and says what is missing', () => {
  const path = join(temporaryDirectory(), 'store.db');
  expect(() => LocalStore.openReadOnly(path)).toThrow(`no store at ${path}`);
  expect(existsSync(path)).toBe(false);
});

test('a file that is no store is named', () => {
  expect(() => open('package.json')).toThrow('the store package.json is not a SQLite database');
});
