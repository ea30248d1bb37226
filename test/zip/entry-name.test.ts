import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEntryName } from '../../src/zip/entry-name.ts';
import { NameRegistry } from '../../src/zip/name-registry.ts';

const LONG = 'x'.repeat(70 * 1024);

describe('parseEntryName', () => {
  it.each([
    ['a/b.pdf', 'a/b.pdf'],
    ['a\\b.pdf', 'a/b.pdf'],
    ['a//b/./c.pdf', 'a/b/c.pdf'],
    ['folder/', 'folder'],
    ['CON.pdf', 'CON_.pdf'],
    ['a/nul', 'a/nul_'],
    ['com1.tar.gz', 'com1_.tar.gz'],
    ['console.log', 'console.log'],
    ['report. ', 'report'],
    ['...', '_'],
    ['Re: offer?.pdf', 'Re_ offer_.pdf'],
    ['a\r\n\u001b[31mb.txt', 'a___[31mb.txt'],
    ['Rechnung Müller 🧾 ‏עברית.pdf', 'Rechnung Müller 🧾 ‏עברית.pdf'],
    ['cafe\u0301.txt', 'cafe\u0301.txt'],
    ['lone \ud800 surrogate', 'lone \ufffd surrogate'],
    [`${LONG}.pdf`, `${'x'.repeat(239)}.pdf`],
    [`${'🧾'.repeat(100)}.pdf`, `${'🧾'.repeat(59)}.pdf`],
    [`${'folder/'.repeat(200)}a.pdf`, 'a.pdf'],
  ])('makes %j safe', (given, name) => {
    expect(parseEntryName(given)).toEqual({ name });
  });

  it.each([
    ['', 'empty name'],
    ['/', 'absolute path'],
    ['.', 'empty name'],
    ['..', '".." in the name'],
    ['a/../../x', '".." in the name'],
    ['..\\x', '".." in the name'],
    ['C:\\x', 'drive in the name'],
    ['c:x', 'drive in the name'],
    ['/abs', 'absolute path'],
    ['\\\\server\\share\\x', 'absolute path'],
    ['a\0.pdf', 'NUL in the name'],
  ])('refuses %j', (given, refused) => {
    expect(parseEntryName(given)).toEqual({ refused });
  });
});

describe('NameRegistry', () => {
  it.each([
    [
      ['a.pdf', 'a.pdf', 'A.PDF'],
      ['a.pdf', 'a (2).pdf', 'A (3).PDF'],
    ],
    [
      ['a', 'a/b', 'a/c'],
      ['a', 'a (2)/b', 'a (2)/c'],
    ],
    [
      ['a/b', 'a'],
      ['a/b', 'a (2)'],
    ],
    [
      ['Docs/x', 'docs/x'],
      ['Docs/x', 'Docs/x (2)'],
    ],
    [
      ['\u00e9', 'e\u0301'],
      ['\u00e9', 'e\u0301 (2)'],
    ],
    [
      ['a (2).pdf', 'a.pdf', 'a.pdf'],
      ['a (2).pdf', 'a.pdf', 'a (3).pdf'],
    ],
    [
      ['.env', '.env'],
      ['.env', '.env (2)'],
    ],
    [
      ['__proto__', 'constructor'],
      ['__proto__', 'constructor'],
    ],
  ])('gives %j the paths %j', (names, paths) => {
    const registry = new NameRegistry();
    expect(names.map((name) => registry.register(name))).toEqual(paths);
  });

  it('numbers 70,000 equal names without searching again', () => {
    const registry = new NameRegistry();
    const paths = Array.from({ length: 70_000 }, () => registry.register('a.pdf'));
    expect(new Set(paths).size).toBe(70_000);
    expect(paths.at(-1)).toBe('a (70000).pdf');
  });

  it('lets every entry be extracted, whatever the names', () => {
    const segment = fc.constantFrom('a', 'A', 'b', 'a (2)', 'é', 'e\u0301', 'con', '🧾', 'x'.repeat(300), '..', ' ');
    const names = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(segment, { maxLength: 4 }).map((s) => s.join('/')),
      ),
    );
    fc.assert(
      fc.property(names, (given) => {
        const registry = new NameRegistry();
        const paths = given.flatMap((name) => {
          const safe = parseEntryName(name);
          return 'name' in safe ? [registry.register(safe.name)] : [];
        });
        const keys = new Set(paths.map((path) => path.normalize('NFC').toLowerCase()));
        expect(keys.size).toBe(paths.length);
        for (const path of paths) {
          expect(Buffer.byteLength(path)).toBeLessThanOrEqual(1_024);
          const segments = path.split('/');
          expect(segments.every((s) => s !== '' && s !== '..' && Buffer.byteLength(s) <= 255)).toBe(true);
          segments.pop();
          for (; segments.length > 0; segments.pop()) {
            expect(keys.has(segments.join('/').normalize('NFC').toLowerCase())).toBe(false);
          }
        }
      }),
    );
  });
});
