import { expect, test } from 'vitest';
import { withDeadline } from '../../src/base/deadline.ts';
import { ManualClock } from '../support/manual-clock.ts';

const never = (): Promise<never> => new Promise(() => undefined);

test.each([
  ['a promise', () => Promise.resolve(7), { status: 'done', value: 7 }],
  ['a value', () => 7, { status: 'done', value: 7 }],
  ['a rejection', () => Promise.reject(new Error('refused')), { status: 'failed', reason: 'refused' }],
  [
    'an error before the first await',
    () => {
      throw new Error('thrown');
    },
    { status: 'failed', reason: 'thrown' },
  ],
])('%s in time is the result, and nothing is left behind', async (_, work: () => unknown, expected) => {
  const clock = new ManualClock();
  const stop = new AbortController();
  let given: AbortSignal | undefined;
  const result = await withDeadline({ clock, timeoutMillis: 1_000, signal: stop.signal }, (signal) => {
    given = signal;
    return work();
  });
  expect(result).toEqual(expected);
  expect(clock.timers).toBe(0);
  stop.abort();
  expect(given?.aborted).toBe(false);
});

test('work that takes too long is given up at its time, and told so', async () => {
  const clock = new ManualClock();
  const given: AbortSignal[] = [];
  const result = withDeadline({ clock, timeoutMillis: 1_000 }, (signal) => {
    given.push(signal);
    return never();
  });
  await clock.advance(999);
  expect(given[0]?.aborted).toBe(false);
  await clock.advance(1);
  expect(await result).toEqual({ status: 'timeout', reason: 'no answer within 1000 ms' });
  expect(given[0]?.aborted).toBe(true);
});

test('what work does after it was given up is ignored', async () => {
  const clock = new ManualClock();
  const late = Promise.withResolvers<string>();
  const result = withDeadline({ clock, timeoutMillis: 10 }, (signal) => {
    signal.addEventListener('abort', () => late.reject(new Error('aborted')));
    return late.promise;
  });
  await clock.advance(10);
  expect(await result).toMatchObject({ status: 'timeout' });
});

test('an outer signal gives the work up at once; work under an aborted one is not begun', async () => {
  const clock = new ManualClock();
  const stop = new AbortController();
  const given: AbortSignal[] = [];
  const begin = (): Promise<unknown> =>
    withDeadline({ clock, timeoutMillis: 1_000, signal: stop.signal }, (signal) => {
      given.push(signal);
      return never();
    });
  const running = begin();
  stop.abort();
  expect(await running).toEqual({ status: 'stopped', reason: 'shutdown' });
  expect(given[0]?.aborted).toBe(true);
  expect(clock.timers).toBe(0);
  expect(await begin()).toEqual({ status: 'stopped', reason: 'shutdown' });
  expect(given).toHaveLength(1);
});
