// Frameworks that bundle by themselves, in what the registry serves today: `npm run hosts`.
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CONVERSATION_COLUMNS } from '../../src/record/conversation-columns.ts';
import { LoopbackBigQuery } from '../support/loopback-bigquery.ts';
import { UserProject } from './user-project.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/bundlers.md'), 'utf8');
const DEPENDENCIES = { spanledger: '', '@opentelemetry/api': '^1.9.0', '@google-cloud/bigquery': 'latest' };

let project: UserProject;
let bigquery: LoopbackBigQuery;

beforeEach(async () => {
  project = new UserProject();
  bigquery = await LoopbackBigQuery.start();
  bigquery.addTable('chat_analytics', 'conversation_logs', CONVERSATION_COLUMNS, 'my-project');
});

afterEach(async () => {
  project.remove();
  await bigquery.close();
});

/** The block of the page that names itself so. */
function block(name: string): string {
  const [, text = ''] = new RegExp(`\`\`\`js\\n(// ${name}\\n.*?)\`\`\``, 's').exec(PAGE) ?? [];
  return text;
}

/** Starts a server that takes the variable PORT, asks it, waits for the row in BigQuery, and ends it. */
async function expectRow(
  line: string,
  cwd: string,
  ask: (address: string) => Promise<void>,
  row: Readonly<Record<string, unknown>>,
): Promise<void> {
  const port = await freePort();
  const env = { BIGQUERY_EMULATOR_HOST: bigquery.url, GOOGLE_CLOUD_PROJECT: 'my-project', PORT: String(port) };
  const server = project.serve(line, env, cwd);
  try {
    const address = `http://localhost:${port}`;
    await expect.poll(() => fetch(address).then(() => true)).toBe(true);
    await ask(address);
    await expect.poll(() => bigquery.rows('conversation_logs')).toMatchObject([row]);
  } finally {
    server.kill();
    await once(server, 'exit');
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const post = (url: string, body: object): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

it.each(['--turbopack', '--webpack'])(
  'Next.js %s: a request is a row, from the project and standalone',
  async (bundler) => {
    project.install('npm', { ...DEPENDENCIES, next: 'latest', react: 'latest', 'react-dom': 'latest' });
    project.write('instrumentation.js', block('instrumentation.js'));
    project.write('app/layout.js', 'export default ({ children }) => <html><body>{children}</body></html>;');
    project.write('app/page.js', 'export default () => <p>Invoices</p>;');
    project.write(
      'app/chat/route.js',
      `import { traceAgent } from 'spanledger';
     export const dynamic = 'force-dynamic';
     export const GET = () => traceAgent({ name: 'invoice' }, async () => Response.json('Twelve.'));`,
    );
    const ask = async (address: string): Promise<void> => {
      expect(await (await fetch(`${address}/chat`)).json()).toBe('Twelve.');
    };
    project.shell(`npx next build ${bundler}`);
    await expectRow('node_modules/.bin/next start', project.directory, ask, { agent_name: 'invoice' });

    project.write('next.config.mjs', "export default { output: 'standalone' };");
    project.shell(`npx next build ${bundler}`);
    bigquery.addTable('chat_analytics', 'conversation_logs', CONVERSATION_COLUMNS, 'my-project');
    const folder = mkdtempSync(join(tmpdir(), 'spanledger-standalone-'));
    try {
      cpSync(join(project.directory, '.next/standalone'), folder, { recursive: true, verbatimSymlinks: true });
      project.remove();
      await expectRow('node server.js', folder, ask, { agent_name: 'invoice' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

it("ADK's own commands: a message is a row", async () => {
  project.install(
    'npm',
    { ...DEPENDENCIES, '@google/adk': 'latest', '@google/adk-devtools': 'latest' },
    // Two of the drivers that it asks for are out in 6.6.17, and what they need is not.
    { overrides: { '@mikro-orm/postgresql': '6.6.16', '@mikro-orm/sqlite': '6.6.16' } },
  );
  const scripted = `
import { BaseLlm } from '@google/adk';
class Scripted extends BaseLlm {
  async *generateContentAsync() {
    const usageMetadata = { promptTokenCount: 12, candidatesTokenCount: 3, totalTokenCount: 15 };
    yield { content: { role: 'model', parts: [{ text: 'Twelve.' }] }, usageMetadata };
  }
}`;
  const agent = block('agent.js').replace("model: 'gemini-2.5-flash'", "model: new Scripted({ model: 'gemini' })");
  const text = `${agent}${scripted}`.replace(/(export const rootAgent.*?;\n)(.*)/s, '$2\n$1');
  project.write('agent.js', text);
  project.shell(`(echo 'How many?'; sleep 4; echo exit) | npx adk run agent.js`);
  expect(project.rows()).toEqual([{ agent_name: 'invoice', prompt_token_count: 12, model_call_count: 1 }]);

  project.write('agent.js', text.replace("import 'spanledger/instrument';\n", ''));
  const [line = ''] = /^node --import .* api_server .*$/m.exec(PAGE) ?? [];
  const ask = async (address: string): Promise<void> => {
    await post(`${address}/apps/agent/users/ana/sessions/s1`, {});
    const newMessage = { role: 'user', parts: [{ text: 'How many?' }] };
    await post(`${address}/run`, { appName: 'agent', userId: 'ana', sessionId: 's1', newMessage });
  };
  const row = { agent_name: 'invoice', prompt_token_count: 12, model_call_count: 1 };
  await expectRow(`${line} --port $PORT`, project.directory, ask, row);
});
