/**
 * What the zero-configuration entry adds to a start, without a cloud: importing and starting it, against importing
 * `@opentelemetry/sdk-trace-node` alone. Each in a process of its own, in turns, so that the machine's moods fall on
 * both; the medians are compared.
 *
 *     node bench/import-time.ts
 */
import { InstalledPackage } from '../test/start/app-directory.ts';

const ROUNDS = 21;

const measure = (specifier: string): string =>
  `const start = performance.now(); await import('${specifier}'); console.log(performance.now() - start); process.exit(0);`;

const installed = await InstalledPackage.install();
try {
  const host = await installed.host({
    'sdk.mjs': measure('@opentelemetry/sdk-trace-node'),
    'entry.mjs': measure('spanledger/instrument'),
  });
  const millis = new Map<string, number[]>([
    ['sdk.mjs', []],
    ['entry.mjs', []],
  ]);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [file, times] of millis) times.push(Number((await host.run(file)).stdout));
  }
  const atRank = (file: string, rank: number): number =>
    millis.get(file)?.toSorted((a, b) => a - b)[rank] ?? Number.NaN;
  // A busy machine moves the medians; it cannot make the fastest run faster.
  for (const [name, rank] of [
    ['median', ROUNDS >> 1],
    ['fastest', 0],
  ] as const) {
    const [sdk, entry] = [atRank('sdk.mjs', rank), atRank('entry.mjs', rank)];
    process.stdout.write(
      `${name}: sdk-trace-node alone ${sdk.toFixed(0)} ms, spanledger/instrument ${entry.toFixed(0)} ms, ${(entry / sdk).toFixed(2)} ×\n`,
    );
  }
} finally {
  await installed.remove();
}
