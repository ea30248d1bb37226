/** Runs the candidates in turn, `rounds` times after one round to warm up. @returns the median of each in milliseconds */
export async function compare(
  candidates: Readonly<Record<string, () => Promise<unknown>>>,
  rounds: number,
): Promise<Record<string, number>> {
  const times = new Map(Object.keys(candidates).map((name) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, run] of Object.entries(candidates)) {
      const start = performance.now();
      await run();
      if (round > 0) times.get(name)?.push(performance.now() - start);
    }
  }
  return Object.fromEntries([...times].map(([name, values]) => [name, median(values)]));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Watches this process's memory while `run` runs. @returns the highest resident set above the one before, in MB */
export async function addedMemory(run: () => Promise<unknown>): Promise<number> {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 2);
  await run();
  clearInterval(timer);
  return (Math.max(peak, process.memoryUsage.rss()) - before) / 1e6;
}
