import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addAbortListener, removeAbortListener } from '../../src/base/abort-listeners.ts';

test('exactly the listeners that were added and not removed are called, once', () => {
  const steps = fc.array(fc.record({ adds: fc.boolean(), id: fc.nat(9) }), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (given) => {
      const controller = new AbortController();
      const called: number[] = [];
      const listeners = Array.from({ length: 10 }, (_, id) => () => void called.push(id));
      const expected = new Set<number>();
      for (const { adds, id } of given) {
        const listener = listeners[id];
        if (listener === undefined || adds === expected.has(id)) continue;
        if (adds) addAbortListener(controller.signal, listener);
        else removeAbortListener(controller.signal, listener);
        if (adds) expected.add(id);
        else expected.delete(id);
      }
      controller.abort();
      controller.abort();
      expect(called.toSorted()).toEqual([...expected].toSorted());
    }),
  );
});

test('a listener that another one removes while the signal is aborted is not called any more', () => {
  const controller = new AbortController();
  const called: string[] = [];
  const second = (): void => void called.push('second');
  addAbortListener(controller.signal, () => removeAbortListener(controller.signal, second));
  addAbortListener(controller.signal, second);
  addAbortListener(controller.signal, () => void called.push('third'));
  controller.abort();
  expect(called).toEqual(['third']);
});

test('a listener that was never added can be removed', () => {
  const { signal } = new AbortController();
  expect(() => removeAbortListener(signal, () => undefined)).not.toThrow();
});

test('listeners that were removed die young, also after a collection of the old generation', () => {
  setFlagsFromString('--expose-gc');
  const collect: NodeJS.GCFunction = runInNewContext('gc');
  const { signal } = new AbortController();
  let last = (): void => undefined;
  addAbortListener(signal, last);
  const replace = (): void => {
    const held = Array.from({ length: 128 }, (_, index) => ({ index }));
    const next = (): void => void held.length;
    addAbortListener(signal, next);
    removeAbortListener(signal, last);
    last = next;
  };
  for (let i = 0; i < 100; i += 1) replace();
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < 20; round += 1) {
    for (let i = 0; i < 100; i += 1) replace();
    collect({ type: 'minor' });
  }
  // What all of them hold together is 8 MB.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(2_000_000);
});
