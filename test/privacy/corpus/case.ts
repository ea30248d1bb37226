import type { DetectorName } from '../../../src/privacy/detectors/detector-names.ts';

/** A text and the part of it that must be masked, to the character. */
export interface PositiveCase {
  readonly detector: DetectorName;
  readonly text: string;
  readonly secret: string;
}

/** Puts a secret where people and programs put it: `{}` marks the place. */
export function positives(
  detector: DetectorName,
  cases: readonly (string | readonly [secret: string, frame: string])[],
): readonly PositiveCase[] {
  return cases.map((entry) => {
    const [secret, frame] = typeof entry === 'string' ? [entry, 'Please note {}, thanks.'] : entry;
    return { detector, secret, text: frame.replace('{}', () => secret) };
  });
}

const ALPHANUMERIC = 'aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW0xYzC';

/** Invented key material of a given length: no real key, and no text that a scanner of this repository would take for one. */
export function invented(length: number, alphabet: string = ALPHANUMERIC): string {
  let text = '';
  for (let index = 0; index < length; index += 1) text += alphabet.charAt((index * 7 + (index >> 3)) % alphabet.length);
  return text;
}

export const HEX = '0a1b2c3d4e5f6789';

export function base64url(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}

export function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
