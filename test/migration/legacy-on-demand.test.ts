import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** Exports one turn in a process of its own and gives the modules of the legacy side that it loaded. */
function loadedIn(backend: string): string[] {
  const program = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    const { DualSpanExporter } = await import('./exporters/dual.ts');
    const { CollectingSink } = await import('./test/support/collecting-sink.ts');
    const { BasicTracerProvider, SimpleSpanProcessor } = await import('@opentelemetry/sdk-trace-base');
    const sink = new CollectingSink();
    const settings = { backend: '${backend}' };
    const exporter = new DualSpanExporter({ sink, settings, configFile: false, env: {} });
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    const attributes = { 'gen_ai.operation.name': 'invoke_agent' };
    provider.getTracer('test').startSpan('invoke_agent a', { attributes }).end();
    await provider.shutdown();
    console.log(JSON.stringify([sink.keys.length, ...loaded.filter((url) => /legacy|compare|mismatch-cause/.test(url))]));
  `;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const [rows, ...modules]: [number, ...string[]] = JSON.parse(output);
  expect(rows).toBeGreaterThan(0);
  return modules;
}

it('loads nothing of the legacy side in solid mode', () => {
  expect(loadedIn('solid')).toEqual([]);
});

it.each(['legacy', 'dual'])('loads it in %s mode', (backend) => {
  expect(loadedIn(backend).join()).toContain('build-legacy-record.ts');
});
