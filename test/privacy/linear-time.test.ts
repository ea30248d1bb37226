import { describe, expect, it } from 'vitest';
import { DETECTOR_NAMES } from '../../src/privacy/detectors/detector-names.ts';
import { createRedactor } from '../../src/privacy/redactor.ts';
import { cases } from '../support/property-seed.ts';

const LENGTH = cases(1_000_000);
const UNITS: readonly string[] = [
  'a',
  '0',
  '4',
  '-',
  '.',
  '@',
  ' ',
  '+',
  '\\',
  '%',
  '&#',
  '"',
  '://',
  '\u200b',
  '\ud835\udfce',
  'a@',
  '@a.',
  'a.',
  '@a.b-',
  '4111 ',
  '4111-1111-',
  '12.',
  '12.345.678-',
  '1-',
  '9 1234 ',
  '+1 ',
  '(0',
  '0123-',
  'DE89',
  'DE89 ',
  'IBAN',
  'eyJ',
  'eyJ.',
  'eyJhbGciOiJIUzI1NiJ9.',
  'sk-',
  'sk_',
  'AKIA',
  'ghp_',
  'xoxb-',
  'hf_',
  'SG.',
  '-----BEGIN PRIVATE KEY-----',
  '-----BEGIN ',
  '-----END',
  'bearer ',
  'bearer a',
  'basic ',
  'basic a',
  'authorization:',
  'https://a:',
  'https://a:b',
  '://a:b@',
  '?key=',
  '?password=',
  '&sig=a',
  'password=',
  'password=a;',
  'Password="',
  'host=',
  'tel ',
  'tel. número ',
  'call me ',
  'RUT ',
  'RUT 1',
  '\\u0040',
  '\\\\n',
  '%40',
  '&#64;',
  '\n',
];

// A quadratic scan of so many characters takes minutes: the test's time limit is the assertion.
describe('time of redaction on a million characters', { timeout: 30_000 }, () => {
  const redact = createRedactor({ detectors: DETECTOR_NAMES, patterns: [], functions: [] });

  it.each(UNITS)('of %j over and over is bounded', (unit) => {
    const text = unit.repeat(Math.ceil(LENGTH / unit.length));
    expect(redact(text)).toBeDefined();
    expect(redact(`${text}!`)).toBeDefined();
  });
});
