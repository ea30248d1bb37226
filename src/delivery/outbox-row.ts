import type { SQLOutputValue } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { HeldRow, PendingRow } from './row-store.ts';

/** Guards a row against bits that flip on disk, which SQLite does not notice inside a value. */
export function checksumRow({ table, key, receivedAtMillis, payload }: PendingRow): number {
  return crc32(`${table}\n${key}\n${receivedAtMillis}`, crc32(payload));
}

/** A row of the outbox's file as its statement `read` gives it; undefined where its bits are not those that were written. */
export function decodeRow(stored: Readonly<Record<string, SQLOutputValue>> | undefined): HeldRow | undefined {
  if (stored === undefined) return undefined;
  const row: HeldRow = {
    table: String(stored.tbl),
    key: String(stored.key),
    payload: String(stored.payload),
    sizeBytes: Number(stored.size_bytes),
    receivedAtMillis: Number(stored.received_at),
    sequence: Number(stored.sequence),
    acceptedAtMonotonic: Number(stored.accepted_at),
    refusal: stored.refusal === null ? undefined : String(stored.refusal),
  };
  return checksumRow(row) === Number(stored.crc) ? row : undefined;
}
