import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { LocalStore } from '../../src/store/local-store.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';

const SOURCES = new URL('../../src/', import.meta.url).href;

it("knows its provider behind another copy of OpenTelemetry's API", () => {
  const cwd = temporaryDirectory();
  // A copy is another module, with classes of its own.
  mkdirSync(join(cwd, 'node_modules/@opentelemetry'), { recursive: true });
  cpSync(resolve('node_modules/@opentelemetry/api'), join(cwd, 'node_modules/@opentelemetry/api'), {
    recursive: true,
    dereference: true,
  });
  writeFileSync(
    join(cwd, 'app.mjs'),
    `import { trace as other } from '@opentelemetry/api';
     import { trace } from '${import.meta.resolve('@opentelemetry/api')}';
     import { start } from '${SOURCES}index.ts';
     const ledger = start({ traceExporters: ['none'] });
     // As where the SDK that registers has found another copy than this package has.
     const provider = trace.getTracerProvider().getDelegate();
     trace.disable();
     other.setGlobalTracerProvider(provider);
     const attributes = { 'gen_ai.operation.name': 'invoke_agent' };
     trace.getTracer('host').startSpan('invoke_agent a', { attributes }).end();
     // Registrations are looked at a second after the start.
     await new Promise((resolve) => setTimeout(resolve, 1_500));
     console.log(JSON.stringify(ledger.stats().problems));`,
  );
  const problems = execFileSync(process.execPath, ['app.mjs'], {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
  expect(JSON.parse(problems)).toEqual({});
  const store = LocalStore.openReadOnly(join(cwd, '.spanledger/spanledger.db'));
  expect(store.query('SELECT count(*) AS n FROM conversation_logs')).toEqual([{ n: 1 }]);
  store.close();
});
