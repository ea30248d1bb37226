/** What a column of a table needs, in columns of the terminal. */
export interface ColumnWidth {
  /** Its head and all of its text on one line. */
  readonly natural: number;
  /** All of its text, below a head of several lines. */
  readonly text: number;
  /** What it must have. */
  readonly least: number;
}

export interface FittedColumns {
  readonly widths: readonly number[];
  /** Blanks beside each border. */
  readonly padding: 0 | 1;
}

/** Text down to this is still read. */
const READABLE = 16;

/**
 * Makes columns narrower, the widest first, until they fit: first heads take more lines, then the one column that is to
 * give way, then all others, while they can be read; then the blanks between them go; then what is left but the least.
 *
 * @param available columns for all of them, borders included
 * @param first which one gives way before the others; -1 for none
 */
export function fitColumns(columns: readonly ColumnWidth[], available: number, first: number): FittedColumns {
  const readable = columns.map(({ natural, least }) => Math.max(least, Math.min(natural, READABLE)));
  const floors = [
    columns.map(({ text }) => text),
    readable.map((width, i) => (i === first ? width : Number.POSITIVE_INFINITY)),
    readable,
    columns.map(({ least }) => least),
  ];
  const place = (padding: 0 | 1, steps: number): FittedColumns & { readonly fits: boolean } => {
    const widths = columns.map(({ natural }) => natural);
    const room = available - columns.length * (1 + 2 * padding) - 1;
    for (const floor of floors.slice(0, steps)) narrow(widths, room, floor);
    return { widths, padding, fits: sum(widths) <= room };
  };
  const comfortable = place(1, 3);
  return comfortable.fits ? comfortable : place(0, 4);
}

function narrow(widths: number[], room: number, floors: readonly number[]): void {
  for (let excess = sum(widths) - room; excess > 0; excess -= 1) {
    let widest = -1;
    for (const [i, width] of widths.entries()) {
      if (width > (floors[i] ?? width) && width > (widths[widest] ?? 0)) widest = i;
    }
    if (widest < 0) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
