import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type ResolvedConfig, resolveConfig } from '../../src/config/resolve-config.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';

/** The example of the old system's documentation, as teams have it. */
const OLD_FILE = `
analytics:
  conversation_tracking:
    enabled: true
    backend: dual
    dual_write:
      compare_tokens: true
      token_diff_threshold: 250
    bigquery: { project: my-project, dataset: chat, table: logs }
    zip_metrics_timeout: 12      # seconds
`;

function resolveFile(text: string, env: Record<string, string> = {}): ResolvedConfig {
  const configFile = join(temporaryDirectory(), 'config.yaml');
  writeFileSync(configFile, text);
  return resolveConfig({ configFile, env });
}

it("the old system's file is read as it is", () => {
  const { values, sources } = resolveFile(OLD_FILE);
  expect(values).toMatchObject({
    enabled: true,
    backend: 'dual',
    compareTokens: true,
    tokenDiffThreshold: 250,
    project: 'my-project',
    dataset: 'chat',
    table: 'logs',
    zipMetricsTimeoutSeconds: 12,
  });
  expect(sources).toMatchObject({ backend: 'file', compareIgnore: 'default' });
});

it('the environment wins over the file', () => {
  expect(resolveFile(OLD_FILE, { SPANLEDGER_BACKEND: 'legacy' })).toMatchObject({
    values: { backend: 'legacy' },
    sources: { backend: 'environment' },
  });
});

it('a backend that there is not is refused in the file, and said and ignored in the environment', () => {
  const problem = /backend is "both"; allowed: legacy, solid, dual/;
  expect(() => resolveFile('analytics: { conversation_tracking: { backend: both } }')).toThrow(problem);
  const { values, warnings } = resolveConfig({ configFile: false, env: { SPANLEDGER_BACKEND: 'both' } });
  expect(values.backend).toBe('solid');
  expect(warnings).toEqual(['SPANLEDGER_BACKEND is "both"; allowed: legacy, solid, dual; it is ignored']);
});

it('a variable with a slip in its name is told with the one that was meant', () => {
  const { values, warnings } = resolveConfig({ configFile: false, env: { SPANLEDGER_BACKND: 'dual' } });
  expect(values.backend).toBe('solid');
  expect(warnings).toEqual(['SPANLEDGER_BACKND is no variable of ours; did you mean SPANLEDGER_BACKEND?']);
});
