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
    const { createDualExporter } = await import('./src/migration/dual.ts');
    const { buildRecord } = await import('./src/record/build-record.ts');
    const { createDiagnostics } = await import('./src/base/diagnostics.ts');
    const { sampleTurn } = await import('./test/support/sample-turn.ts');
    const { CollectingSink } = await import('./test/support/collecting-sink.ts');
    const exporter = createDualExporter({
      sink: new CollectingSink(),
      map: (turn) => buildRecord(turn),
      diagnostics: createDiagnostics({ write: () => {} }),
      readBackend: () => '${backend}',
    });
    exporter.prepare();
    const result = await exporter.export(sampleTurn());
    console.log(JSON.stringify([result.status, ...loaded.filter((url) => /legacy|compare|mismatch-cause/.test(url))]));
  `;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const [status, ...modules]: string[] = JSON.parse(output);
  expect(status).toBe('exported');
  return modules;
}

it('loads nothing of the legacy side in solid mode', () => {
  expect(loadedIn('solid')).toEqual([]);
});

it.each(['legacy', 'dual'])('loads it in %s mode', (backend) => {
  expect(loadedIn(backend).join()).toContain('build-legacy-record.ts');
});
