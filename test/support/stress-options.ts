/** How much the stress tier tries. */
export interface StressOptions {
  /** Seeded schedules of faults. */
  readonly schedules: number;
  /** Seed of the first schedule. */
  readonly firstSchedule: number;
  /** Schedules, and kills, that run at the same time. */
  readonly workers: number;
  /** Processes that die by `kill -9`. */
  readonly kills: number;
  readonly outageSeconds: number;
  readonly outageTurnsPerSecond: number;
  /** Archives of gigabytes as well. */
  readonly hugeEntries: boolean;
}

export const FULL: StressOptions = {
  schedules: 10_000,
  firstSchedule: 0,
  workers: 8,
  kills: 500,
  outageSeconds: 3_600,
  outageTurnsPerSecond: 200,
  hugeEntries: true,
};

/** What CI runs. */
export const QUICK: StressOptions = {
  ...FULL,
  schedules: 300,
  kills: 20,
  outageSeconds: 1_200,
  outageTurnsPerSecond: 5,
  hugeEntries: false,
};

declare module 'vitest' {
  export interface ProvidedContext {
    /** Nothing in the quick tier. */
    readonly stress: StressOptions | undefined;
  }
}
