import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { LocalStore } from '../../src/store/local-store.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';

// OpenInference's own tracer: its spans start without attributes, it puts wrappers of its own into the context, and where an agent
// fails it leaves spans open.

const SOURCES = new URL('../../src/', import.meta.url).href;
const resolve = (name: string): string => import.meta.resolve(name);

/** Runs a program whose traces nobody samples. @returns its rows */
function rowsOf(program: string): Record<string, unknown>[] {
  const cwd = temporaryDirectory();
  writeFileSync(
    join(cwd, 'app.mjs'),
    `import '${SOURCES}instrument.ts';
     import { trace, context } from '${resolve('@opentelemetry/api')}';
     import { OITracer } from '${resolve('@arizeai/openinference-core')}';
     const tracerOf = (name) => new OITracer({ tracer: trace.getTracer(name) });
     ${program}`,
  );
  execFileSync(process.execPath, ['app.mjs'], {
    cwd,
    env: { PATH: process.env.PATH, SPANLEDGER_TRACES_RATIO: '0', SPANLEDGER_TRACES_EXPORTER: 'none' },
  });
  const store = LocalStore.openReadOnly(join(cwd, '.spanledger/spanledger.db'));
  const rows = store.query(
    'SELECT agent_name, model_call_count, total_token_count, complete, sampled FROM conversation_logs',
  );
  store.close();
  return rows;
}

const CALL = `{ 'openinference.span.kind': 'LLM', 'llm.token_count.prompt': 7, 'llm.token_count.completion': 5,
  'llm.token_count.total': 12, 'llm.model_name': 'm', 'output.value': 'hi' }`;

it('an agent has its model calls', () => {
  const rows = rowsOf(`
    const tracer = tracerOf('@arizeai/openinference-instrumentation-langchain');
    const agent = tracer.startSpan('weather', { attributes: { 'openinference.span.kind': 'AGENT', 'agent.name': 'weather' } });
    const below = trace.setSpan(context.active(), agent);
    for (let call = 0; call < 2; call += 1) tracer.startSpan('ChatOpenAI', { attributes: ${CALL} }, below).end();
    agent.end();
  `);
  expect(rows).toEqual([
    { agent_name: 'weather', model_call_count: 2, total_token_count: 24, complete: 1, sampled: 0 },
  ]);
});

it('a model call by itself has its row', () => {
  const rows = rowsOf(`
    const tracer = tracerOf('@arizeai/openinference-instrumentation-openai');
    tracer.startActiveSpan('OpenAI Chat Completions', { attributes: ${CALL} }, (span) => span.end());
  `);
  expect(rows).toMatchObject([{ model_call_count: 1, total_token_count: 12, complete: 1, sampled: 0 }]);
});

it('an agent that fails and leaves its spans open is one incomplete row, its sub-agent in it', () => {
  const rows = rowsOf(`
    const tracer = tracerOf('@arizeai/openinference-instrumentation-langchain');
    const kind = (name) => ({ attributes: { 'openinference.span.kind': 'AGENT', 'agent.name': name } });
    const agent = tracer.startSpan('LangGraph', kind('outer'));
    const sub = tracer.startSpan('helper', kind('inner'), trace.setSpan(context.active(), agent));
    tracer.startSpan('ChatOpenAI', { attributes: ${CALL} }, trace.setSpan(context.active(), sub)).end();
    sub.end();
  `);
  expect(rows).toMatchObject([{ agent_name: 'outer', model_call_count: 1, complete: 0 }]);
});

it('an agent that fails before anything below it has ended has its row', () => {
  const rows = rowsOf(`
    const tracer = tracerOf('@arizeai/openinference-instrumentation-langchain');
    tracer.startSpan('LangGraph', { attributes: { 'openinference.span.kind': 'AGENT', 'agent.name': 'outer' } });
    await new Promise((resolve) => setTimeout(resolve, 200));
  `);
  expect(rows).toMatchObject([{ agent_name: 'outer', complete: 0 }]);
});
