import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LocalStore } from '../../src/store/local-store.ts';

const SOURCES = new URL('../../src/', import.meta.url).href;
const API = import.meta.resolve('@opentelemetry/api');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spanledger-zip-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function writeModule(name: string, program: string): string {
  const path = join(directory, name);
  const imports = [
    `import '${SOURCES}instrument.ts';`,
    `import { propagation, context } from '${API}';`,
    `import { traceAgent, turnContext } from '${SOURCES}index.ts';`,
    `import { createZip } from '${SOURCES}zip.ts';`,
  ];
  writeFileSync(path, [...imports, program].join('\n'));
  return path;
}

/** Runs a module to its end, sends it a message first, and gives what it sends back. */
async function run(path: string, message: object): Promise<unknown> {
  const child = fork(path, {
    cwd: directory,
    execArgv: [],
    env: { PATH: process.env.PATH, NODE_OPTIONS: process.env.NODE_OPTIONS },
  });
  let answer: unknown;
  child.on('message', (sent) => {
    answer = sent;
  });
  child.send(message);
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
  return answer;
}

it('adds a ZIP of another process to the row of the turn that asked for it', async () => {
  const agent = writeModule(
    'agent.mjs',
    `process.once('message', async () => {
      const carrier = {};
      await traceAgent({ name: 'finder', question: 'all invoices, please' }, async (agent) => {
        propagation.inject(turnContext(), carrier);
        agent.setAnswer('they are on their way');
        await new Promise((resolve) => setTimeout(resolve, 50));
      });
      process.send(carrier);
      process.disconnect();
    });`,
  );
  const worker = writeModule(
    'worker.mjs',
    `process.once('message', async (carrier) => {
      const entries = ['a', 'b'].map((name) => ({ name, source: Buffer.from(name) }));
      const turn = propagation.extract(context.active(), carrier);
      await context.with(turn, () => createZip({ entries, destination: 'invoices.zip' }));
      process.disconnect();
    });`,
  );
  await run(worker, Object(await run(agent, {})));

  const store = LocalStore.openReadOnly(join(directory, '.spanledger/spanledger.db'));
  const latest = store.query('SELECT user_question, agent_response, zip_files_included FROM conversation_logs_latest');
  const rows = store.query('SELECT message_type FROM conversation_logs ORDER BY record_version');
  store.close();
  expect(latest).toEqual([
    { user_question: 'all invoices, please', agent_response: 'they are on their way', zip_files_included: 2 },
  ]);
  expect(rows).toEqual([{ message_type: 'user_question' }, { message_type: 'zip_amendment' }]);
});
