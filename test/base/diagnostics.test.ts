import { describe, expect, it } from 'vitest';
import { createDiagnostics, type DiagnosticsOptions } from '../../src/base/diagnostics.ts';

const WARNING = '[spanledger] the disk is full (disk-full)';
const INFO = '[ANALYTICS] Statistics';
const DEBUG = '[spanledger] rows: spanledger.db';

function speak(options: DiagnosticsOptions) {
  const lines: string[] = [];
  const diagnostics = createDiagnostics({ ...options, write: (line) => lines.push(line) });
  diagnostics.warn('disk-full', 'the disk is full');
  diagnostics.warn('disk-full', 'the disk is still full');
  diagnostics.info(INFO);
  diagnostics.debug('rows: spanledger.db');
  return { lines, counts: diagnostics.counts() };
}

describe('the level of diagnostics', () => {
  it.each([
    ['error', []],
    ['warn', [WARNING]],
    ['info', [WARNING, INFO]],
    ['debug', [WARNING, INFO, DEBUG]],
  ] as const)('%s says what it says, and counts everything', (level, expected) => {
    const { lines, counts } = speak({ level });
    expect(lines).toEqual(expected);
    expect([...counts]).toEqual([['disk-full', 2]]);
  });

  it('is info where nobody chose', () => {
    expect(speak({}).lines).toEqual([WARNING, INFO]);
  });
});
