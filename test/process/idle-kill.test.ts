import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, inject, it } from 'vitest';
import { LocalStore } from '../../src/store/local-store.ts';
import { runTestCli } from '../cli/test-context.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';

// A host that answers one request and then has nothing to do: nothing wakes its event loop until it is killed. Its turn ends in
// a timer, behind which an idle loop waits for events before it comes to what was set immediate.

const SOURCES = new URL('../../src/', import.meta.url).href;
/** The first turn of a process, which imports what it needs, and the second. */
const ROUNDS = Array.from({ length: inject('stress') === undefined ? 6 : 50 }, (_, round) => round);

const SERVER = `import '${SOURCES}instrument.ts';
  import { traceAgent } from '${SOURCES}index.ts';
  import { createServer } from 'node:http';
  import { setTimeout as sleep } from 'node:timers/promises';
  const server = createServer(async (request, response) => {
    await traceAgent({ name: 'a', question: 'q' }, async (agent) => {
      await sleep(50);
      agent.setAnswer('yes');
    });
    response.end('yes');
  });
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;

async function startServer(directory: string, env: Record<string, string>): Promise<[ChildProcess, string]> {
  writeFileSync(join(directory, 'server.mjs'), SERVER);
  const child = spawn(process.execPath, ['server.mjs'], {
    cwd: directory,
    env: { PATH: process.env.PATH, SPANLEDGER_TRACES_EXPORTER: 'none', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = await once(child.stdout, 'data');
  return [child, `http://127.0.0.1:${String(port).trim()}/`];
}

/**
 * Asks, waits for half a second, and kills. The wait is what is tried: a turn is durable by then. Connections stay open,
 * for their end would wake the server.
 *
 * @param asked turns before it, so that the timers of the start are over
 */
async function askAndKill(directory: string, env: Record<string, string>, asked: number): Promise<void> {
  const [child, url] = await startServer(directory, env);
  for (let turn = 0; turn < asked; turn += 1) {
    await (await fetch(url)).text();
    await sleep(2_000);
  }
  await (await fetch(url)).text();
  await sleep(500);
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe.concurrent('kill -9 of an idle process half a second after its answer', () => {
  it.for(ROUNDS)('loses no turn with the local store (%i)', async (round, { expect, onTestFinished }) => {
    const directory = temporaryDirectory(onTestFinished);
    await askAndKill(directory, {}, round % 2);
    const store = LocalStore.openReadOnly(join(directory, '.spanledger/spanledger.db'));
    const row = { user_question: 'q', agent_response: 'yes' };
    const rows = Array.from({ length: 1 + (round % 2) }, () => row);
    expect(store.query('SELECT user_question, agent_response FROM conversation_logs')).toEqual(rows);
    store.close();
  });

  it.for(ROUNDS)('loses no turn with the outbox (%i)', async (round, { expect, onTestFinished }) => {
    const directory = temporaryDirectory(onTestFinished);
    const env = {
      GOOGLE_CLOUD_PROJECT: 'test-project',
      // Nobody listens there.
      BIGQUERY_EMULATOR_HOST: 'http://127.0.0.1:9',
      SPANLEDGER_FALLBACK_CLOUD_LOGGING: 'false',
      SPANLEDGER_OUTBOX_PATH: join(directory, 'outbox'),
    };
    await askAndKill(directory, env, round % 2);
    const { stdout } = await runTestCli(['replay', '--outbox', '--dry-run', '--json'], { cwd: directory, env });
    expect(JSON.parse(stdout)).toEqual({ wouldStore: 1 + (round % 2) });
  });
});
