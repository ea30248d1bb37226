import type { Turn } from '../../src/spans/turn.ts';

let calls = 0;

/** Wrecks the turn that it was given, then returns, throws or never settles as the test says. */
export default function track(turn: Turn): unknown {
  const behaviours: unknown = Reflect.get(globalThis, Symbol.for('spanledger.test.behaviours'));
  wreck(turn, 0);
  if (!Array.isArray(behaviours)) return undefined;
  calls += 1;
  const behaviour: unknown = behaviours[calls % behaviours.length];
  if (typeof behaviour === 'object' && behaviour !== null && 'fail' in behaviour) throw behaviour.fail;
  return behaviour;
}

function wreck(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > 8) return;
  for (const key of Object.keys(value)) {
    wreck(Reflect.get(value, key), depth + 1);
    Reflect.set(value, key, 'wrecked');
  }
  if (Array.isArray(value)) value.length = 0;
}
