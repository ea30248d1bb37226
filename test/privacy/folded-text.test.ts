import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldText } from '../../src/privacy/folded-text.ts';
import { truncateCodePoints, truncateUtf8 } from '../../src/privacy/truncate-text.ts';

describe('foldText', () => {
  it.each([
    ['plain ASCII', 'plain ASCII'],
    ['４１１１－２', '4111-2'],
    ['a\u00a0b\u2003c', 'a b c'],
    ['a\u200bb\u00adc\ufeff', 'abc'],
    ['٠٩۰۹०९', '090909'],
    ['𝟎𝟗𝐚', '09a'],
    ['a\\u0040b\\n\\"c\\/', 'a@b\n"c/'],
    ['a\\\\u0040b', 'a@b'],
    ['%40%2B x%zz 100%', '@+ x%zz 100%'],
    ['&#64;&#x40;&#9999999;', '@@&#9999999;'],
  ])('reads %j as %j', (original, folded) => {
    expect(foldText(original).text).toBe(folded);
  });

  it('maps every part back to where it came from', () => {
    const unit = fc.constantFrom('a', 'é', '４', '\u200b', '\\u0040', '%40', '&#64;', '𝟎', '\\', '\ud83d\ude00', '\n');
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 40 }), (units) => {
        const original = units.join('');
        const folded = foldText(original);
        for (let index = 0; index < folded.text.length; index += 1) {
          const { start, end } = folded.toOriginal({ start: index, end: index + 1 });
          expect(foldText(original.slice(start, end)).text).toBe(folded.text.charAt(index));
        }
        const whole = folded.text === '' ? undefined : folded.toOriginal({ start: 0, end: folded.text.length });
        if (whole !== undefined) expect(foldText(original.slice(whole.start, whole.end)).text).toBe(folded.text);
      }),
    );
  });
});

describe('cutting text', () => {
  it('never leaves half a character, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.nat(70), (text, limit) => {
        const byPoints = truncateCodePoints(text, limit);
        expect([...byPoints]).toEqual([...text].slice(0, limit));
        const byBytes = truncateUtf8(text, limit);
        expect(text.startsWith(byBytes)).toBe(true);
        expect(Buffer.byteLength(byBytes)).toBeLessThanOrEqual(limit);
        expect([...text].slice(0, [...byBytes].length)).toEqual([...byBytes]);
        const next = [...text][[...byBytes].length];
        if (next !== undefined) expect(Buffer.byteLength(byBytes + next)).toBeGreaterThan(limit);
      }),
    );
  });
});
