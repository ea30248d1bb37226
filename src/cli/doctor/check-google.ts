import { systemClock } from '../../base/clock.ts';
import { withDeadline } from '../../base/deadline.ts';
import { describeError } from '../../base/errors.ts';
import type { SettingValues } from '../../config/setting-values.ts';
import type { BigQueryAdmin } from '../../google/bigquery-admin.ts';
import type { SchemaChange } from '../../store/schema-change.ts';
import { type Check, failed, ok, skipped, warning } from './check.ts';

const ENDPOINT = 'https://bigquery.googleapis.com';
/** Tokens and signatures are refused beyond five minutes. */
const MAX_CLOCK_DIFFERENCE_MILLIS = 60_000;

const ROLE = 'grant roles/bigquery.dataEditor on the dataset to the account that the agent runs as';

export interface GoogleChecksOptions {
  readonly values: SettingValues;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly nowMillis: number;
  /** For each of the questions that go over the network, in milliseconds. */
  readonly timeoutMillis: number;
  /** Ask nobody: everything that needs the network is skipped. */
  readonly offline: boolean;
}

/** Whether rows could reach BigQuery: asked step by step, and not further than the first that fails. Writes nothing. */
export async function checkGoogle(options: GoogleChecksOptions): Promise<readonly Check[]> {
  const { values, env, offline } = options;
  const isEmulator =
    env.BIGQUERY_EMULATOR_HOST !== undefined || values.bigqueryEndpoint?.startsWith('http://') === true;
  const project =
    values.project === undefined
      ? warning('Project', 'not set: that of the credentials is used', 'set GOOGLE_CLOUD_PROJECT, or bigquery.project')
      : ok('Project', values.project);
  if (offline) return [project, ...skipRest(NETWORK_CHECKS, 'asked to stay offline')];
  const credentials = isEmulator ? skipped('Credentials', 'an emulator needs none') : await checkCredentials(options);
  const reachability = await checkReachability(options);
  const checks = [project, credentials, ...reachability];
  const blocking = checks.find(({ status }) => status === 'failed');
  if (blocking !== undefined) return [...checks, ...skipRest(TABLE_CHECKS, `not tried: see ${blocking.name}`)];
  return [...checks, ...(await checkTables(options, isEmulator))];
}

const TABLE_CHECKS = ['Dataset and tables', 'Permission to insert'];
const NETWORK_CHECKS = ['Credentials', 'BigQuery API', 'Clock', ...TABLE_CHECKS];

function skipRest(names: readonly string[], why: string): readonly Check[] {
  return names.map((name) => skipped(name, why));
}

async function checkCredentials({ timeoutMillis }: GoogleChecksOptions): Promise<Check> {
  const name = 'Credentials';
  try {
    const account = await before(timeoutMillis, async () => {
      const { describeCredentials } = await import('../../google/google-credentials.ts');
      return describeCredentials();
    });
    return ok(name, account);
  } catch (error) {
    const advice = 'run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS to a key file';
    return failed(name, describeError(error), advice);
  }
}

/** Any answer will do: a refusal shows that the API is there, and what time it is. */
async function checkReachability({
  values,
  env,
  nowMillis,
  timeoutMillis,
}: GoogleChecksOptions): Promise<readonly Check[]> {
  const url = env.BIGQUERY_EMULATOR_HOST ?? values.bigqueryEndpoint ?? ENDPOINT;
  try {
    const startMillis = performance.now();
    const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(timeoutMillis) });
    const api = ok('BigQuery API', `${url} answered in ${Math.round(performance.now() - startMillis)} ms`);
    return [api, compareClocks(response.headers.get('date'), nowMillis)];
  } catch (error) {
    const detail =
      error instanceof Error && error.cause !== undefined ? describeError(error.cause) : describeError(error);
    const advice = `check the network: DNS, a firewall, HTTPS_PROXY; ${url} must be reachable`;
    return [failed('BigQuery API', detail, advice), skipped('Clock', 'nobody to compare it with')];
  }
}

function compareClocks(date: string | null, nowMillis: number): Check {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return skipped('Clock', 'the answer had no date');
  const seconds = Math.round((nowMillis - theirs) / 1_000);
  const detail = `${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead'}`;
  if (Math.abs(nowMillis - theirs) <= MAX_CLOCK_DIFFERENCE_MILLIS) return ok('Clock', detail);
  return warning('Clock', detail, 'set the time by NTP: credentials are refused, and rows land on a wrong day');
}

async function checkTables(options: GoogleChecksOptions, isEmulator: boolean): Promise<readonly Check[]> {
  const { values, timeoutMillis } = options;
  try {
    const { openBigQueryAdmin } = await import('../../google/bigquery-admin.ts');
    const { project: projectId, bigqueryEndpoint: endpoint } = values;
    const admin = await before(timeoutMillis, () => openBigQueryAdmin({ ...values, projectId, endpoint }));
    const changes = await before(timeoutMillis, () => admin.init(true));
    const tables = describeTables(admin, changes);
    if (tables.status === 'failed') return [tables, skipped('Permission to insert', `not tried: see ${tables.name}`)];
    return [
      tables,
      isEmulator ? skipped('Permission to insert', 'an emulator grants all') : await checkPermission(options, admin),
    ];
  } catch (error) {
    return [failed('Dataset and tables', describeError(error), ROLE), skipped('Permission to insert', 'not tried')];
  }
}

function describeTables(admin: BigQueryAdmin, changes: readonly SchemaChange[]): Check {
  const name = 'Dataset and tables';
  const open = changes.filter(({ action }) => action !== 'unchanged');
  if (open.length === 0) return ok(name, admin.name);
  const detail = open.map(({ resource, action, detail: what }) => `${action} ${resource} ${what}`.trim()).join('; ');
  if (open.some(({ action }) => action === 'conflict')) {
    return failed(name, detail, 'name another table in bigquery.table: a column has another type than the rows');
  }
  const isMissing = open.some(({ action, resource }) => action === 'create' && !resource.startsWith('view'));
  return isMissing
    ? failed(name, detail, 'run `spanledger init`')
    : warning(name, detail, 'run `spanledger init`: until then, unknown columns are left out of the rows');
}

async function checkPermission({ timeoutMillis }: GoogleChecksOptions, admin: BigQueryAdmin): Promise<Check> {
  const name = 'Permission to insert';
  try {
    const mayInsert = await before(timeoutMillis, () => admin.mayInsert());
    return mayInsert ? ok(name, 'granted') : failed(name, 'bigquery.tables.updateData is not granted', ROLE);
  } catch (error) {
    return failed(name, describeError(error), ROLE);
  }
}

async function before<T>(timeoutMillis: number, work: () => Promise<T>): Promise<T> {
  const answer = await withDeadline({ clock: systemClock, timeoutMillis }, work);
  if (answer.status === 'done') return answer.value;
  throw new Error(answer.reason);
}
