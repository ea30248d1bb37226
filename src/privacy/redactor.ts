import { DETECTOR_NAMES, type DetectorName } from './detectors/detector-names.ts';
import { DETECTORS } from './detectors/detectors.ts';
import { foldText } from './folded-text.ts';
import { findMatches, type TextRange } from './text-range.ts';

/** What is masked in every text that leaves the process. */
export interface RedactionConfig {
  readonly detectors: readonly DetectorName[];
  /** Patterns of the user's own. Their time is the user's responsibility. */
  readonly patterns: readonly RedactionPattern[];
  /** Functions of the user's own, run last, in order. One that throws or returns no text removes the whole text. */
  readonly functions: readonly RedactionFunction[];
}

export interface RedactionPattern {
  readonly name: string;
  readonly pattern: RegExp;
}

/** Must give its own output back as it is, for a text may pass again. */
export type RedactionFunction = (text: string) => string;

/** `undefined` where a redactor failed: no part of the text may be used. */
export type Redact = (text: string) => string | undefined;

interface NamedRange extends TextRange {
  readonly name: string;
}

const MASK_START = '[REDACTED:';
const MASK = /\[REDACTED:[^[\]]{1,256}\]/g;
/** Masks change what is around them, rarely more than once; a text that never comes to rest may not be used. */
const MAX_PASSES = 8;

/**
 * Masks what the detectors and patterns find with `[REDACTED:<name>]` and passes the rest through unchanged. Nothing
 * that they find is left, so that to mask a text again changes nothing. Never throws.
 */
export function createRedactor(config: RedactionConfig): Redact {
  const detectors = config.detectors.map((name) => ({ name, find: DETECTORS[name] }));
  const patterns = config.patterns.map(({ name, pattern }) => ({ name, pattern: asGlobal(pattern) }));
  const names = new Set<string>([...DETECTOR_NAMES, ...patterns.map(({ name }) => name)]);
  const find = (text: string): NamedRange[] => {
    const ranges: NamedRange[] = [];
    if (detectors.length > 0 && text !== '') {
      const folded = foldText(text);
      for (const { name, find } of detectors) {
        for (const range of find(folded.text)) ranges.push({ name, ...folded.toOriginal(range) });
      }
    }
    for (const { name, pattern } of patterns) {
      for (const range of findMatches(pattern, text)) ranges.push({ name, ...range });
    }
    return ranges.length === 0 ? ranges : outside(findMasks(text, names), ranges);
  };
  const mask = (text: string): string | undefined => {
    let result = text;
    for (let pass = 0; pass < MAX_PASSES; pass += 1) {
      const ranges = find(result);
      if (ranges.length === 0) return result;
      result = maskRanges(result, ranges);
    }
    return undefined;
  };
  return (text) => {
    try {
      let result = mask(text);
      for (const redact of config.functions) result = result === undefined ? result : redact(result);
      return typeof result === 'string' ? result : undefined;
    } catch {
      return undefined;
    }
  };
}

/** Where masks are, in which nothing is to be found; of one whose name anybody may have written, the word before it. */
function findMasks(text: string, names: ReadonlySet<string>): readonly TextRange[] {
  return findMatches(MASK, text).map(({ start, end }) => {
    const nameStart = start + MASK_START.length;
    return { start, end: names.has(text.slice(nameStart, end - 1)) ? end : nameStart };
  });
}

/** The ranges that are not within a mask, by their starts. */
function outside(masks: readonly TextRange[], ranges: readonly NamedRange[]): NamedRange[] {
  let next = 0;
  // A stable sort keeps the detectors' order among ranges that begin at the same place.
  return ranges
    .toSorted((a, b) => a.start - b.start)
    .filter(({ start, end }) => {
      while ((masks[next]?.end ?? Number.POSITIVE_INFINITY) <= start) next += 1;
      const mask = masks[next];
      return mask === undefined || start < mask.start || end > mask.end;
    });
}

function maskRanges(text: string, ranges: readonly NamedRange[]): string {
  const pieces: string[] = [];
  let copiedTo = 0;
  for (const { name, start, end } of ranges) {
    if (start >= copiedTo) pieces.push(text.slice(copiedTo, start), `${MASK_START}${name}]`);
    // What overlaps the range before it is one secret with it.
    copiedTo = Math.max(copiedTo, end);
  }
  pieces.push(text.slice(copiedTo));
  return pieces.join('');
}

function asGlobal(pattern: RegExp): RegExp {
  const flags = new Set(pattern.flags).add('g').add('d');
  flags.delete('y');
  return new RegExp(pattern.source, [...flags].join(''));
}
