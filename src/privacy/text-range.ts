/** Part of a text in UTF-16 units: `start` included, `end` excluded, never empty. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Every match of a global pattern that `accept` takes; the range of the group `value` where the pattern has one (flag
 * `d` needed), else of the whole match.
 */
export function findMatches(
  pattern: RegExp,
  text: string,
  accept: (match: RegExpExecArray) => boolean = () => true,
): readonly TextRange[] {
  const ranges: TextRange[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    if (match[0] === '') {
      pattern.lastIndex += 1;
      continue;
    }
    if (!accept(match)) continue;
    const [start, end] = match.indices?.groups?.value ?? [match.index, match.index + match[0].length];
    ranges.push({ start, end });
  }
  return ranges;
}
