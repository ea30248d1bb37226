import { describe, expect, it } from 'vitest';
import { createRedactor, type RedactionConfig } from '../../src/privacy/redactor.ts';

function redact(text: string, config: Partial<RedactionConfig>): string | undefined {
  return createRedactor({ detectors: [], patterns: [], functions: [], ...config })(text);
}

function patterns(...sources: readonly (readonly [name: string, pattern: RegExp])[]): Partial<RedactionConfig> {
  return { patterns: sources.map(([name, pattern]) => ({ name, pattern })) };
}

describe('what overlaps', () => {
  const text = 'folio 12-AB-99 fin';

  it.each([
    ['one within the other', patterns(['whole', /folio 12-AB-99/], ['part', /12/])],
    ['one over the end of the other', patterns(['head', /folio 12-AB/], ['tail', /AB-99/])],
    ['a chain', patterns(['head', /folio 12/], ['middle', /12-AB/], ['part', /-/], ['tail', /AB-99/])],
  ])('is one secret to its end: %s', (_, config) => {
    expect(redact(text, config)).toMatch(/^\[REDACTED:(?:whole|head)\] fin$/);
  });
});

describe('a text that is masked again', () => {
  it('keeps its masks, whatever finds them', () => {
    const config = patterns(['capitals', /[A-Z]{4,}/], ['id', /id-\d+/]);
    const once = redact('ABCD id-12', config);
    expect(once).toBe('[REDACTED:capitals] [REDACTED:id]');
    expect(redact(once ?? '', config)).toBe(once);
    expect(redact('[REDACTED:other] ABCD', config)).toBe('[REDACTED:other] [REDACTED:capitals]');
  });

  it('has nothing left that the masks made findable', () => {
    const config = patterns(['inner', /<\d+>/], ['outer', /x\[REDACTED:inner\]y/]);
    expect(redact('x<1>y', config)).toBe('[REDACTED:outer]');
  });

  it('is looked into, where somebody wrote a mask himself', () => {
    expect(redact('[REDACTED:ana@example.com]', { detectors: ['email'] })).toBe('[REDACTED:[REDACTED:email]]');
  });

  it('is removed where it never comes to rest', () => {
    const config = patterns(['peel', /z$|a\[REDACTED:peel\]/]);
    expect(redact('aaz', config)).toBe('[REDACTED:peel]');
    expect(redact(`${'a'.repeat(100)}z`, config)).toBeUndefined();
  });
});
