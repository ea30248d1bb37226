import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { TurnFollower } from '../../src/store/follow-turns.ts';
import { LocalStore } from '../../src/store/local-store.ts';
import { sampleEntry } from './sample-entry.ts';
import { temporaryDirectory } from './temporary-directory.ts';

function setUp(): { path: string; open: (file?: string) => LocalStore; look: () => unknown } {
  const path = join(temporaryDirectory(), 'store.db');
  const follower = new TurnFollower(path);
  return {
    path,
    open: (file = path) => LocalStore.open(file, { busyTimeoutMillis: 50 }),
    look: () => follower.look()?.map(({ message_id }) => message_id),
  };
}

test('a store that is there is followed from now on, in the order of writing', () => {
  const { open, look } = setUp();
  const store = open();
  store.insertRows([sampleEntry('before')]);
  expect(look()).toEqual([]);
  store.insertRows([sampleEntry('b'), sampleEntry('a')]);
  expect(look()).toEqual(['b', 'a']);
  expect(look()).toEqual([]);
  store.insertRows([sampleEntry('c')]);
  expect(look()).toEqual(['c']);
  store.close();
});

test('a turn is told once: not its later versions, nor a ZIP of another process, before it or after', () => {
  const { open, look } = setUp();
  const store = open();
  store.insertRows([sampleEntry('before')]);
  look();
  store.insertRows([
    sampleEntry('before', { record_version: 2 }),
    sampleEntry('zip-first', { record_version: 2, message_type: 'zip_amendment' }),
    sampleEntry('zip-first'),
    sampleEntry('twice'),
    sampleEntry('twice', { record_version: 2 }),
    sampleEntry('twice'),
  ]);
  expect(look()).toEqual(['zip-first', 'twice']);
  store.insertRows([sampleEntry('zip-first', { record_version: 3 })]);
  expect(look()).toEqual([]);
  store.close();
});

test('a store that comes is followed from its first turn, once it has its tables', () => {
  const { path, open, look } = setUp();
  expect(look()).toBeUndefined();
  writeFileSync(path, '');
  expect(look()).toBeUndefined();
  const store = open();
  store.insertRows([sampleEntry('first')]);
  expect(look()).toEqual(['first']);
  store.close();
});

test('a store that is deleted, or replaced, is followed anew', () => {
  const { path, open, look } = setUp();
  open().close();
  look();
  rmSync(path);
  expect(look()).toBeUndefined();
  const other = open(`${path}.new`);
  other.insertRows([sampleEntry('of the new one')]);
  other.close();
  renameSync(`${path}.new`, path);
  expect(look()).toEqual(['of the new one']);
});

test('rows that were deleted hold up none that follow', () => {
  const { path, open, look } = setUp();
  const store = open();
  store.insertRows([sampleEntry('a'), sampleEntry('b'), sampleEntry('c')]);
  look();
  const database = new DatabaseSync(path);
  database.exec("DELETE FROM conversation_logs WHERE message_id <> 'a'");
  database.close();
  expect(look()).toEqual([]);
  store.insertRows([sampleEntry('d')]);
  expect(look()).toEqual(['d']);
  store.close();
});

test('many turns come over several looks, each once', () => {
  const { open, look } = setUp();
  const store = open();
  look();
  const ids = Array.from({ length: 1_200 }, (_, i) => `turn-${i}`);
  store.insertRows(ids.map((id) => sampleEntry(id)));
  expect([look(), look(), look(), look()].flat()).toEqual(ids);
  store.close();
});

test('what is no store is an error', () => {
  const { path, look } = setUp();
  writeFileSync(path, 'nothing that SQLite knows, and long enough to be read as a page of it'.repeat(99));
  expect(look).toThrow('is not a SQLite database');
});
