import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ServerCredentials } from '@grpc/grpc-js';
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { expect, onTestFinished, test } from 'vitest';
import { BigQuerySpanExporter } from '../../exporters/bigquery.ts';
import { CONVERSATION_LOGS } from '../../src/record/conversation-columns.ts';
import { runTestCli } from '../cli/test-context.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { LoopbackBigQuery, type QueryRequest } from '../support/loopback-bigquery.ts';
import { LOOPBACK_CERTIFICATE, LOOPBACK_KEY } from '../support/loopback-certificate.ts';
import { LoopbackLogging } from '../support/loopback-logging.ts';

const FALLING_BACK = resolve('test/support/one-turn-child.ts');

async function startBigQuery(): Promise<{ readonly bigQuery: LoopbackBigQuery; readonly queries: QueryRequest[] }> {
  const queries: QueryRequest[] = [];
  const bigQuery = await LoopbackBigQuery.start({
    onQuery: (request) => {
      queries.push(request);
      return { fields: [{ name: 'n', type: 'INTEGER', mode: 'NULLABLE' }], rows: [] };
    },
  });
  onTestFinished(() => bigQuery.close());
  return { bigQuery, queries };
}

test('rows go to the endpoint of the settings', async () => {
  const { bigQuery } = await startBigQuery();
  bigQuery.addTable('chat_analytics', CONVERSATION_LOGS.name, CONVERSATION_LOGS.columns, 'my-project');
  const exporter = new BigQuerySpanExporter({
    settings: { project: 'my-project', outboxPath: temporaryDirectory() },
    env: { SPANLEDGER_BIGQUERY_ENDPOINT: bigQuery.url },
    configFile: false,
  });
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const attributes = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'a' };
  provider.getTracer('test').startSpan('invoke_agent a', { attributes }).end();
  await provider.shutdown();
  expect(bigQuery.rows('conversation_logs')).toMatchObject([{ agent_name: 'a' }]);
});

test('commands use endpoint and location of the settings; --location wins', async () => {
  const { bigQuery, queries } = await startBigQuery();
  const cwd = temporaryDirectory();
  const config = join(cwd, 'config.yaml');
  writeFileSync(
    config,
    `analytics: { conversation_tracking: { bigquery: { project: p-1234, dataset: d, location: EU, endpoint: "${bigQuery.url}" } } }`,
  );
  const run = (...argv: string[]) => runTestCli([...argv, '--config', config], { cwd });
  expect(await run('init')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(bigQuery.tables.datasets.get('p-1234:d')).toMatchObject({ location: 'EU' });
  await run('init', '--dataset', 'e', '--location', 'US');
  expect(bigQuery.tables.datasets.get('p-1234:e')).toMatchObject({ location: 'US' });
  await run('query', 'tokens-per-day');
  await run('query', 'tokens-per-day', '--location', 'asia-east1');
  expect(queries.map(({ location }) => location)).toEqual(['EU', 'asia-east1']);
  const doctor = await run('doctor');
  expect(doctor).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining(`BigQuery API: ${bigQuery.url} answered`),
  });
});

test('the fallback log is written to and read from the endpoint of the settings', async () => {
  const { bigQuery } = await startBigQuery();
  bigQuery.addTable('chat_analytics', CONVERSATION_LOGS.name, CONVERSATION_LOGS.columns, 'my-project');
  bigQuery.faults = () => ({ kind: 'row-errors', indexes: [0], reason: 'invalid' });
  const directory = temporaryDirectory();
  const certificate = join(directory, 'certificate.pem');
  writeFileSync(certificate, LOOPBACK_CERTIFICATE);
  const credentials = join(directory, 'credentials.json');
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const account = {
    type: 'service_account',
    project_id: 'my-project',
    client_email: 'a@b.test',
    private_key: privateKey,
  };
  writeFileSync(credentials, JSON.stringify(account));
  const logging = await LoopbackLogging.start(
    0,
    ServerCredentials.createSsl(null, [
      { cert_chain: Buffer.from(LOOPBACK_CERTIFICATE), private_key: Buffer.from(LOOPBACK_KEY) },
    ]),
  );
  onTestFinished(() => logging.close());
  const env = {
    ...process.env,
    GOOGLE_APPLICATION_CREDENTIALS: credentials,
    GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: certificate,
    SPANLEDGER_FALLBACK_ENDPOINT: `localhost:${logging.port}`,
    SPANLEDGER_BIGQUERY_PROJECT: 'my-project',
    SPANLEDGER_BIGQUERY_ENDPOINT: bigQuery.url,
  };
  const run = async (...argv: string[]): Promise<string> => {
    const child = spawn(process.execPath, argv, { cwd: directory, env, stdio: ['ignore', 'pipe', 'inherit'] });
    const chunks = await child.stdout.toArray();
    return Buffer.concat(chunks).toString();
  };
  await run(FALLING_BACK);
  expect(logging.entries()).toMatchObject([{ logName: expect.stringContaining('projects/my-project/logs/') }]);
  const replayed = await run(resolve('src/cli/main.ts'), 'replay', '--cloud-logging', '--dry-run', '--json');
  expect(JSON.parse(replayed)).toMatchObject({ read: 1, wouldStore: 1 });
});
