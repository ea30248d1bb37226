import { describe, expect, it } from 'vitest';
import { isCompressed, isHtmlInstead } from '../../src/zip/content-kind.ts';

describe('isCompressed', () => {
  it.each([
    ['a.pdf', '', true],
    ['a.PDF', 'anything', true],
    ['document', '%PDF-1.7', true],
    ['document', 'PK\x03\x04', true],
    ['photo', '\xff\xd8\xff\xe0', true],
    ['a.txt', 'plain text', false],
    ['a.txt', '', false],
    ['folder.zip/pdf', 'no extension', false],
  ])('%s beginning with %j → %s', (name, head, expected) => {
    expect(isCompressed(name, Buffer.from(head, 'latin1'))).toBe(expected);
  });
});

describe('isHtmlInstead', () => {
  it.each([
    ['a.pdf', '<!DOCTYPE html><title>Sign in</title>', true],
    ['a.pdf', '\n  <html lang="en">', true],
    ['a.pdf', '\xef\xbb\xbf<!-- proxy --><!doctype html >', true],
    ['a.html', '<!DOCTYPE html>', false],
    ['page', '<!DOCTYPE html>', false],
    ['a.pdf', '%PDF-1.4', false],
    ['a.xml', '<htmlish>', false],
    ['a.pdf', '', false],
  ])('%s beginning with %j → %s', (name, head, expected) => {
    expect(isHtmlInstead(name, Buffer.from(head, 'latin1'))).toBe(expected);
  });
});
