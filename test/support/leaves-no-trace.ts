import { afterAll, beforeAll } from 'vitest';

/** For test files that share a process: fails the file that changes it for those after it. */
const OPENTELEMETRY = Symbol.for('opentelemetry.js.api.1');

function stateOfProcess(): string {
  const registered = Object.keys(Object(Reflect.get(globalThis, OPENTELEMETRY))).filter((name) => name !== 'version');
  return JSON.stringify({ registered, env: Object.entries(process.env).sort() });
}

let before = '';
beforeAll(() => {
  before = stateOfProcess();
});
afterAll(() => {
  if (stateOfProcess() !== before)
    throw new Error('changes its process, and is not in the list ALONE of vitest.config.ts');
});
