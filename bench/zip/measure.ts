/** Runs the candidates in turn, `rounds` times after one round to warm up. @returns the median of each in milliseconds */
export async function compare(
  candidates: Readonly<Record<string, () => Promise<unknown>>>,
  rounds: number,
): Promise<Record<string, number>> {
  const times = await timeInTurn(candidates, rounds);
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}

/** As `compare`. @returns all times of each */
export async function timeInTurn(
  candidates: Readonly<Record<string, () => Promise<unknown>>>,
  rounds: number,
): Promise<Record<string, readonly number[]>> {
  const times = new Map(Object.keys(candidates).map((name) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, run] of Object.entries(candidates)) {
      const start = performance.now();
      await run();
      if (round > 0) times.get(name)?.push(performance.now() - start);
    }
  }
  return Object.fromEntries(times);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export interface AddedMemory {
  /** Highest of what was in use after a garbage collection, sampled every 250 ms: heap and buffers. */
  readonly heldMegabytes: number;
  /** Highest resident set, sampled in a run of its own without forced collections: with garbage that waits for one. */
  readonly residentMegabytes: number;
}

/** Watches this process's memory in two runs. Needs `--expose-gc`. Both figures are above those before the run, in MB. */
export async function addedMemory(run: () => Promise<unknown>): Promise<AddedMemory> {
  const residentMegabytes = await highest(() => process.memoryUsage.rss(), 2, run);
  const readHeld = (): number => {
    // Twice: what the first one finds is given back in the background, and the second one waits for that.
    globalThis.gc?.();
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  return { residentMegabytes, heldMegabytes: await highest(readHeld, 250, run) };
}

async function highest(read: () => number, everyMillis: number, run: () => Promise<unknown>): Promise<number> {
  globalThis.gc?.();
  const before = read();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, read());
  }, everyMillis);
  await run();
  clearInterval(timer);
  return (Math.max(peak, read()) - before) / 1e6;
}
