import type { Turn } from '../../src/spans/turn.ts';
import type { TurnExporter } from '../../src/spans/turn-exporter.ts';

/** An exporter that hands each turn to a test. */
export function exporterTo(take: (turn: Turn) => void): TurnExporter {
  return {
    async export(turn) {
      take(turn);
      return { status: 'exported' };
    },
    amend: () => Promise.resolve({ status: 'exported' }),
    exportSync: take,
    finishSync: () => undefined,
  };
}
