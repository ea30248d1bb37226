import type { Neighbour } from './neighbour.ts';

/** Everything that runs in Node and whose spans become rows. */
export const NEIGHBOURS: readonly Neighbour[] = [
  { name: 'own code', page: 'own-code', packages: ['spanledger'], core: true },
];
