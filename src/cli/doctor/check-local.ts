import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describeError } from '../../base/errors.ts';
import type { SettingValues } from '../../config/setting-values.ts';
import { OUTBOX_FILE_NAME } from '../../delivery/outbox-directory.ts';
import { type Check, failed, ok, warning } from './check.ts';

const BUSY_TIMEOUT_MILLIS = 2_000;
const OLD_ROWS_MILLIS = 3_600_000;

/** The local store: present, readable, with the columns of this version. */
export async function checkLocalStore(path: string): Promise<Check> {
  const name = 'Local store';
  if (!existsSync(path)) return ok(name, `${path} does not exist yet; it is created with the first row`);
  const { openReadOnly } = await import('../../base/open-sqlite.ts');
  const { planSqliteMigration } = await import('../../store/migrate-sqlite.ts');
  try {
    const database = openReadOnly(path, { busyTimeoutMillis: BUSY_TIMEOUT_MILLIS });
    try {
      const changes = planSqliteMigration(database).filter(({ action }) => action !== 'unchanged');
      const drift = changes.map(({ resource, action, detail }) => `${action} ${resource} ${detail}`.trim()).join('; ');
      if (changes.some(({ action }) => action === 'conflict')) {
        return failed(name, drift, 'move the file away, or name another in the setting local.path');
      }
      return changes.length === 0 ? ok(name, path) : warning(name, drift, 'run `spanledger init`');
    } finally {
      database.close();
    }
  } catch (error) {
    return failed(name, describeError(error), 'check that the file is a store of spanledger and that it may be read');
  }
}

/** The outbox: rows that wait, how long they have, and rows that BigQuery refused. */
export async function checkOutbox(values: SettingValues, cwd: string, nowMillis: number): Promise<Check> {
  const name = 'Outbox';
  const directory = resolve(cwd, values.outboxPath);
  if (!existsSync(directory)) return ok(name, `${directory} does not exist yet; it is created with the first row`);
  const { openReadOnly } = await import('../../base/open-sqlite.ts');
  let [waiting, refused, oldestMillis, inUse] = [0, 0, nowMillis, 0];
  try {
    for (const file of readdirSync(directory).filter((each) => OUTBOX_FILE_NAME.test(each))) {
      try {
        const database = openReadOnly(join(directory, file), { busyTimeoutMillis: 0 });
        const counts = database
          .prepare(
            'SELECT count(*) - count(refusal) AS waiting, count(refusal) AS refused, min(received_at) AS oldest FROM rows',
          )
          .get();
        database.close();
        waiting += Number(counts?.waiting ?? 0);
        refused += Number(counts?.refused ?? 0);
        oldestMillis = Math.min(oldestMillis, Number(counts?.oldest ?? nowMillis));
      } catch {
        // A process that writes to it holds its lock.
        inUse += 1;
      }
    }
  } catch (error) {
    return failed(name, describeError(error), `make ${directory} readable and writable for the agent`);
  }
  const detail = `${waiting} rows wait, ${refused} were refused${inUse === 0 ? '' : `, ${inUse} file(s) in use by a process`}`;
  if (refused > 0) return warning(name, detail, 'see why with `spanledger replay --outbox --dry-run`');
  const isOld = waiting > 0 && nowMillis - oldestMillis > OLD_ROWS_MILLIS;
  return isOld
    ? warning(
        name,
        `${detail}, some for over an hour`,
        'if no agent is running here, deliver them with `spanledger replay --outbox`',
      )
    : ok(name, detail);
}
