import { describe, expect, it } from 'vitest';
import { DETECTOR_NAMES } from '../../src/privacy/detectors/detector-names.ts';
import { createRedactor } from '../../src/privacy/redactor.ts';
import { CREDENTIALS } from './corpus/credentials.ts';
import { LOOK_ALIKES } from './corpus/look-alikes.ts';
import { PERSONAL_DATA } from './corpus/personal-data.ts';

const POSITIVES = [...CREDENTIALS, ...PERSONAL_DATA];
const redactAll = createRedactor({ detectors: DETECTOR_NAMES, patterns: [], functions: [] });

describe('the hostile corpus', () => {
  it('holds at least 200 positives and 200 look-alikes, and every detector', () => {
    expect(POSITIVES.length).toBeGreaterThanOrEqual(200);
    expect(LOOK_ALIKES.length).toBeGreaterThanOrEqual(200);
    expect(new Set(POSITIVES.map(({ detector }) => detector))).toEqual(new Set(DETECTOR_NAMES));
  });

  it.each(POSITIVES)('$detector: masks $secret in its own detector, to the character', ({ detector, text, secret }) => {
    const redact = createRedactor({ detectors: [detector], patterns: [], functions: [] });
    expect(redact(text)).toBe(text.replace(secret, `[REDACTED:${detector}]`));
  });

  it.each(POSITIVES)('$detector: $secret is gone with every detector on', ({ text, secret }) => {
    const redacted = redactAll(text);
    expect(redacted).toContain('[REDACTED:');
    expect(redacted).not.toContain(secret);
  });

  it.each(LOOK_ALIKES)('leaves %j alone', (text) => {
    expect(redactAll(text)).toBe(text);
    const inASentence = `Say ${text} to them.`;
    expect(redactAll(inASentence)).toBe(inASentence);
  });
});
