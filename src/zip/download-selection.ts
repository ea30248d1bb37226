/** One finished download, as its span will tell it. Times in milliseconds of the ZIP's stopwatch. */
export interface DownloadRecord {
  readonly name: string;
  /** `gs`, `https`, `file`, `buffer`…; never the location itself, which may carry a credential. */
  readonly source: string;
  readonly startMillis: number;
  readonly endMillis: number;
  readonly attempts: number;
  readonly sizeBytes: number | undefined;
  readonly failure: { readonly reason: string; readonly detail: string } | undefined;
}

/** Up to here every download gets a span. */
export const MAX_DOWNLOADS = 200;
const MAX_FAILURES = MAX_DOWNLOADS / 2;

/**
 * Keeps the downloads worth a span: all of them as long as they are 200 at most, then the first hundred failures and
 * the slowest of the rest. Bounded, and what it leaves out is counted.
 */
export class DownloadSelection {
  readonly #failures: DownloadRecord[] = [];
  /** Slowest last once there are too many; in order of arrival until then. */
  #others: DownloadRecord[] = [];
  #isSorted = false;
  #count = 0;

  get dropped(): number {
    return this.#count - this.#failures.length - this.#others.length;
  }

  /** In order of their start. */
  get records(): readonly DownloadRecord[] {
    return [...this.#failures, ...this.#others].sort((a, b) => a.startMillis - b.startMillis);
  }

  add(record: DownloadRecord): void {
    this.#count += 1;
    if (record.failure !== undefined && this.#failures.length < MAX_FAILURES) this.#failures.push(record);
    else if (this.#isSorted) this.#insert(record);
    else this.#others.push(record);
    if (this.#failures.length + this.#others.length > MAX_DOWNLOADS) this.#dropFastest();
  }

  #dropFastest(): void {
    if (!this.#isSorted) this.#others = this.#others.toSorted((a, b) => durationOf(a) - durationOf(b));
    this.#isSorted = true;
    this.#others.shift();
  }

  #insert(record: DownloadRecord): void {
    let low = 0;
    for (let high = this.#others.length; low < high; ) {
      const middle = (low + high) >>> 1;
      const other = this.#others[middle];
      if (other !== undefined && durationOf(other) < durationOf(record)) low = middle + 1;
      else high = middle;
    }
    this.#others.splice(low, 0, record);
  }
}

function durationOf(record: DownloadRecord): number {
  return record.endMillis - record.startMillis;
}
