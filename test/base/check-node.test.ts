import { readFileSync } from 'node:fs';
import { expect, it, test } from 'vitest';
import { checkNode } from '../../src/base/check-node.ts';

it.each(['22.13.0', '22.14.1', '24.0.0', '26.1.0'])('takes Node %s', (version) => {
  expect(() => checkNode(version)).not.toThrow();
});

it.each(['18.20.0', '20.20.2', '22.12.9', '21.99.0'])('refuses Node %s', (version) => {
  expect(() => checkNode(version)).toThrow(`Node.js is ${version}; spanledger needs Node 22.13 or newer`);
});

test('the package says the same to npm', () => {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
  expect(engines.node).toBe('>=22.13.0');
});
