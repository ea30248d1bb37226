import { DatabaseSync } from 'node:sqlite';

/** `node:sqlite` of Node 22 cuts a text at NUL when it reads it, which the file holds whole. */
export const CUTS_AT_NUL: boolean = readsTextOf("SELECT 'a' || char(0) || 'b' AS text") === 'a';

/** Before 22.15 it takes no `file:` address, so that it cannot read a store in WAL mode on a disk that is read-only. */
export const OPENS_NO_ADDRESS: boolean = /^v22\.1[34]\./.test(process.version);

function readsTextOf(sql: string): unknown {
  const database = new DatabaseSync(':memory:');
  const text = database.prepare(sql).get()?.text;
  database.close();
  return text;
}
