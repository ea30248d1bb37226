// Frameworks that bundle by themselves, in what the registry serves today: `npm run hosts`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { UserProject } from './user-project.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/bundlers.md'), 'utf8');

let project: UserProject;
afterEach(() => project.remove());

/** The block of the page that names itself so. */
function block(name: string): string {
  const [, text = ''] = new RegExp(`\`\`\`js\\n(// ${name}\\n.*?)\`\`\``, 's').exec(PAGE) ?? [];
  return text;
}

it.each(['', '--webpack'])('Next.js %s: builds, and a request is a row', async (bundler) => {
  project = new UserProject();
  project.install('npm', {
    spanledger: '',
    '@opentelemetry/api': '^1.9.0',
    next: 'latest',
    react: 'latest',
    'react-dom': 'latest',
  });
  project.write('instrumentation.js', block('instrumentation.js'));
  project.write('app/layout.js', 'export default ({ children }) => <html><body>{children}</body></html>;');
  project.write('app/page.js', 'export default () => <p>Invoices</p>;');
  project.write(
    'app/chat/route.js',
    `import { traceAgent } from 'spanledger';
     export const dynamic = 'force-dynamic';
     export const GET = () => traceAgent({ name: 'invoice' }, async () => Response.json('Twelve.'));`,
  );
  project.shell(`npx next build ${bundler}`);
  const server = spawn(join(project.directory, 'node_modules/.bin/next'), ['start', '--port', '0'], {
    cwd: project.directory,
  });
  try {
    let said = '';
    server.stdout.on('data', (text) => {
      said += text;
    });
    while (!said.includes('Ready')) await once(server.stdout, 'data');
    const [address = ''] = /http:\/\/localhost:\d+/.exec(said) ?? [];
    expect(await (await fetch(`${address}/chat`)).json()).toBe('Twelve.');
  } finally {
    server.kill();
    await once(server, 'exit');
  }
  expect(project.rows()).toMatchObject([{ agent_name: 'invoice' }]);
});

it('adk run: a message is a row', () => {
  project = new UserProject();
  project.install('npm', {
    spanledger: '',
    '@opentelemetry/api': '^1.9.0',
    '@google/adk': 'latest',
    '@google/adk-devtools': 'latest',
  });
  const scripted = `
import { BaseLlm } from '@google/adk';
class Scripted extends BaseLlm {
  async *generateContentAsync() {
    const usageMetadata = { promptTokenCount: 12, candidatesTokenCount: 3, totalTokenCount: 15 };
    yield { content: { role: 'model', parts: [{ text: 'Twelve.' }] }, usageMetadata };
  }
}`;
  const agent = block('agent.js').replace("model: 'gemini-2.5-flash'", "model: new Scripted({ model: 'gemini' })");
  project.write('agent.js', `${agent}${scripted}`.replace(/(export const rootAgent.*?;\n)(.*)/s, '$2\n$1'));
  project.shell(`(echo 'How many?'; sleep 4; echo exit) | npx adk run agent.js`);
  expect(project.rows()).toEqual([{ agent_name: 'invoice', prompt_token_count: 12, model_call_count: 1 }]);
});
