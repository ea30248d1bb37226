import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenFeature, type Provider } from '@openfeature/server-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import { type BackendFlag, createBackendFlag, type ReadBackend } from '../../src/migration/backend-flag.ts';
import { createOpenFeatureBackend } from '../../src/migration/openfeature-backend.ts';
import { createBackendFileReader } from '../../src/migration/read-backend-file.ts';
import { ManualClock } from '../support/manual-clock.ts';

const yaml = (backend: string): string => `analytics:\n  conversation_tracking:\n    backend: ${backend}\n`;

let directory: string;
let path: string;
let lines: string[];
let clock: ManualClock;
let flag: BackendFlag;

const watch = (read: ReadBackend): void => {
  const diagnostics = createDiagnostics({ write: (line) => lines.push(line) });
  flag = createBackendFlag({ initial: 'solid', read, source: 'config.yaml', clock, diagnostics });
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'backend-'));
  path = join(directory, 'config.yaml');
  lines = [];
  clock = new ManualClock();
  writeFileSync(path, yaml('solid'));
  watch(createBackendFileReader(path, { MODE: 'legacy' }));
});

afterEach(() => {
  flag.close();
  rmSync(directory, { recursive: true });
});

describe('the switch in the file', () => {
  it('takes effect within a second, again and again', async () => {
    for (const backend of ['dual', 'legacy', 'solid', 'dual'] as const) {
      writeFileSync(path, yaml(backend));
      await clock.advance(1_000);
      expect(flag.current()).toBe(backend);
    }
    expect(lines).toContain('[ANALYTICS] Backend: dual (was solid)');
  });

  it('does not turn before it has read the value twice', async () => {
    writeFileSync(path, yaml('dual'));
    await clock.advance(250);
    expect(flag.current()).toBe('solid');
    writeFileSync(path, yaml('solid'));
    await clock.advance(1_000);
    expect(flag.current()).toBe('solid');
  });

  it('reads variables as the start does', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the file's own syntax
    writeFileSync(path, yaml('${MODE}'));
    await clock.advance(1_000);
    expect(flag.current()).toBe('legacy');
  });

  it.each([
    ['an unknown value', yaml('both'), '"both"; allowed: legacy, solid, dual'],
    ['broken YAML', 'analytics:\n  conversation_tracking: [', 'is not valid YAML'],
    ['a file cut before the backend', 'analytics:\n  conversation_tracking:\n    enabled: true\n', 'is missing'],
    ['an empty file', '', 'is missing'],
    ['an unknown setting beside it', `${yaml('legacy')}    bakend: solid\n`, 'bakend'],
  ])('keeps the last good value on %s and says so once', async (_name, text, problem) => {
    writeFileSync(path, yaml('dual'));
    await clock.advance(1_000);
    writeFileSync(path, text);
    await clock.advance(10_000);
    expect(flag.current()).toBe('dual');
    const said = lines.filter((line) => line.includes('stays dual'));
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(problem);
    writeFileSync(path, yaml('legacy'));
    await clock.advance(1_000);
    expect(flag.current()).toBe('legacy');
  });

  it('keeps the last good value when the file is deleted', async () => {
    rmSync(path);
    await clock.advance(5_000);
    expect(flag.current()).toBe('solid');
    expect(lines.filter((line) => line.includes('stays solid'))).toHaveLength(1);
  });

  it('stops at close and leaves no timer', async () => {
    flag.close();
    expect(clock.timers).toBe(0);
    writeFileSync(path, yaml('dual'));
    await clock.advance(5_000);
    expect(flag.current()).toBe('solid');
  });
});

describe('the switch in an OpenFeature provider', () => {
  const values = new Map<string, string>();
  const provider: Provider = {
    metadata: { name: 'test' },
    resolveBooleanEvaluation: (_flag, value) => Promise.resolve({ value }),
    resolveNumberEvaluation: (_flag, value) => Promise.resolve({ value }),
    resolveObjectEvaluation: (_flag, value) => Promise.resolve({ value }),
    resolveStringEvaluation: (key, value) => {
      const found = values.get(key);
      return Promise.resolve(found === undefined ? { value, reason: 'DEFAULT' } : { value: found });
    },
  };

  afterEach(async () => {
    await OpenFeature.clearProviders();
  });

  it('turns with the flag, and keeps its last value when the provider has none', async () => {
    flag.close();
    await OpenFeature.setProviderAndWait(provider);
    watch(await createOpenFeatureBackend());
    values.set('spanledger-backend', 'dual');
    await clock.advance(1_000);
    expect(flag.current()).toBe('dual');
    values.delete('spanledger-backend');
    await clock.advance(5_000);
    expect(flag.current()).toBe('dual');
    expect(lines.filter((line) => line.includes('stays dual'))).toHaveLength(1);
  });

  it('keeps its last value when the provider fails', async () => {
    flag.close();
    const failing: Provider = {
      ...provider,
      resolveStringEvaluation: () => Promise.reject(new Error('no connection')),
    };
    await OpenFeature.setProviderAndWait(failing);
    watch(await createOpenFeatureBackend({ flagKey: 'my-flag' }));
    await clock.advance(5_000);
    expect(flag.current()).toBe('solid');
    expect(lines.filter((line) => line.includes('no connection'))).toHaveLength(1);
  });
});
