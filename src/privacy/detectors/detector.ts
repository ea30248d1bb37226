import type { TextRange } from '../text-range.ts';

/**
 * Finds one kind of personal data or secret in a folded text. Time is linear in the text's length, whatever the text:
 * scans start at an anchor, and every repetition is bounded or runs to the end of a token that is not read again.
 */
export type Detector = (text: string) => readonly TextRange[];
