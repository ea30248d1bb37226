import type { DetectorName } from './detectors/detector-names.ts';
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

export type RedactionFunction = (text: string) => string;

export type Redaction =
  | { readonly status: 'unchanged' | 'masked'; readonly text: string }
  /** A redactor failed: no part of the text may be used. */
  | { readonly status: 'failed' };

export type Redact = (text: string) => Redaction;

interface NamedRange extends TextRange {
  readonly name: string;
}

/**
 * Masks what the detectors and patterns find with `[REDACTED:<name>]` and passes the rest through unchanged.
 * Never throws.
 */
export function createRedactor(config: RedactionConfig): Redact {
  const detectors = config.detectors.map((name) => ({ name, find: DETECTORS[name] }));
  const patterns = config.patterns.map(({ name, pattern }) => ({ name, pattern: asGlobal(pattern) }));
  return (text) => {
    try {
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
      let result = maskRanges(text, ranges);
      for (const redact of config.functions) {
        result = redact(result);
        if (typeof result !== 'string') return { status: 'failed' };
      }
      return result === text ? { status: 'unchanged', text } : { status: 'masked', text: result };
    } catch {
      return { status: 'failed' };
    }
  };
}

function maskRanges(text: string, ranges: NamedRange[]): string {
  if (ranges.length === 0) return text;
  // A stable sort keeps the detectors' order among ranges that begin at the same place.
  ranges.sort((a, b) => a.start - b.start);
  const pieces: string[] = [];
  let copiedTo = 0;
  for (const { name, start, end } of ranges) {
    if (start >= copiedTo) pieces.push(text.slice(copiedTo, start), `[REDACTED:${name}]`);
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
