import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenFeature, type Provider } from '@openfeature/server-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import { type ConfigOptions, resolveConfig } from '../../src/config/resolve-config.ts';
import { type BackendSwitch, watchBackend } from '../../src/migration/backend-switch.ts';
import { ManualClock } from '../support/manual-clock.ts';

const yaml = (backend: string): string => `analytics:\n  conversation_tracking:\n    backend: ${backend}\n`;

let directory: string;
let path: string;
let lines: string[];
let clock: ManualClock;
let flag: BackendSwitch;

const watch = (options: ConfigOptions): void => {
  const diagnostics = createDiagnostics({ write: (line) => lines.push(line) });
  flag = watchBackend(resolveConfig(options), clock, diagnostics);
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'backend-'));
  path = join(directory, 'config.yaml');
  lines = [];
  clock = new ManualClock();
  writeFileSync(path, yaml('solid'));
  watch({ configFile: path, env: { MODE: 'legacy' } });
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

  it.each([
    ['code', { settings: { backend: 'legacy' }, env: {} }],
    ['the environment', { env: { SPANLEDGER_BACKEND: 'legacy' } }],
  ] as const)('is not watched where %s gives the backend', async (_name, options) => {
    flag.close();
    watch({ ...options, configFile: path });
    expect(clock.timers).toBe(0);
    expect(flag.current()).toBe('legacy');
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
  let readings = 0;
  const provider: Provider = {
    metadata: { name: 'test' },
    resolveBooleanEvaluation: (_flag, value) => Promise.resolve({ value }),
    resolveNumberEvaluation: (_flag, value) => Promise.resolve({ value }),
    resolveObjectEvaluation: (_flag, value) => Promise.resolve({ value }),
    resolveStringEvaluation: (key, value) => {
      readings += 1;
      const found = values.get(key);
      return Promise.resolve(found === undefined ? { value, reason: 'DEFAULT' } : { value: found });
    },
  };
  const watchFlag = (more: ConfigOptions['settings'] = {}): void => {
    flag.close();
    watch({ settings: { backendSource: 'openfeature', ...more }, env: {}, configFile: false });
  };
  /** The package is imported at the first reading, for which no clock can be moved. */
  const readAgain = async (times: number): Promise<void> => {
    const wanted = readings + times;
    while (readings < wanted) await clock.advance(250);
    await clock.advance(0);
  };

  afterEach(async () => {
    values.clear();
    await OpenFeature.clearProviders();
  });

  it('turns with the flag, and keeps its last value when the provider has none', async () => {
    await OpenFeature.setProviderAndWait(provider);
    watchFlag();
    values.set('spanledger-backend', 'dual');
    await readAgain(2);
    expect(flag.current()).toBe('dual');
    values.delete('spanledger-backend');
    await readAgain(5);
    expect(flag.current()).toBe('dual');
    expect(lines.filter((line) => line.includes('stays dual'))).toHaveLength(1);
  });

  it('takes a provider that comes later, and the key of the settings', async () => {
    values.set('my-flag', 'legacy');
    watchFlag({ backend: 'dual', backendFlagKey: 'my-flag' });
    while (!lines.some((line) => line.includes('stays dual'))) await clock.advance(250);
    await OpenFeature.setProviderAndWait(provider);
    await readAgain(2);
    expect(flag.current()).toBe('legacy');
  });

  it('keeps its last value when the provider fails', async () => {
    const failing: Provider = {
      ...provider,
      resolveStringEvaluation: () => {
        readings += 1;
        return Promise.reject(new Error('no connection'));
      },
    };
    await OpenFeature.setProviderAndWait(failing);
    watchFlag({ backendFlagKey: 'my-flag' });
    await readAgain(5);
    expect(flag.current()).toBe('solid');
    expect(lines.filter((line) => line.includes('no connection'))).toHaveLength(1);
  });
});
