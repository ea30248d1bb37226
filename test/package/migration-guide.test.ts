import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';

// Follows the guide by its own commands, in one shell, against the built package. `UPDATE_GUIDE=1` writes the real
// output into it.

const ROOT = join(import.meta.dirname, '../..');
const GUIDE = join(ROOT, 'docs/migration.md');
const MARK = '@@ block';
/** A block of commands, and behind it the block of their output, where they have one. */
const STEP = /```sh\n(.*?)```\n(?:\n```text\n(.*?)```\n)?/gs;

/** Times and days differ from run to run, and so does the order of what two users do at once. */
function normalise(output: string): string[] {
  return output
    .replace(/\d{4}-\d\d-\d\d/g, 'YYYY-MM-DD')
    .trimEnd()
    .split('\n')
    .sort();
}

it('gives the output that the guide shows', () => {
  const guide = readFileSync(GUIDE, 'utf8');
  const steps = [...guide.matchAll(STEP)].map(([, commands = '', output = '']) => ({ commands, output }));
  expect(steps.length).toBeGreaterThan(5);
  const script = steps.map(({ commands }) => `echo '${MARK}'\n${commands}`).join('');
  const ran = execFileSync('bash', ['-c', `exec 2>&1\n${script}\ntrue`], {
    cwd: ROOT,
    encoding: 'utf8',
    env: {
      PATH: [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter),
      HOME: process.env.HOME,
      NPM_CONFIG_LOGLEVEL: 'error',
    },
  });
  const outputs = ran.split(`${MARK}\n`).slice(1);
  if (process.env.UPDATE_GUIDE === '1') {
    let step = 0;
    const shown = guide.replace(STEP, (_, commands: string) => {
      const output = outputs[step++]?.trimEnd() ?? '';
      return `\`\`\`sh\n${commands}\`\`\`\n${output === '' ? '' : `\n\`\`\`text\n${output}\n\`\`\`\n`}`;
    });
    writeFileSync(GUIDE, shown);
    return;
  }
  for (const [index, { commands, output }] of steps.entries()) {
    expect(normalise(outputs[index] ?? ''), commands).toEqual(normalise(output));
  }
});
