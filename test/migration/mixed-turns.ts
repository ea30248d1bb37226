import type { Turn } from '../../src/spans/turn.ts';
import { type SampleTurnOptions, sampleTurn } from '../support/sample-turn.ts';
import type { Fault } from './faulty-tracker.ts';

/** A turn with the differences that a comparison must find in it: `field` → `cause`, `!` where it stays unexplained. */
export interface ExpectedTurn {
  readonly turn: Turn;
  readonly kind: string;
  readonly differences: Readonly<Record<string, string>>;
}

interface Kind {
  readonly kind: string;
  readonly options: (random: () => number) => SampleTurnOptions & { readonly question?: Fault };
  readonly differences: Readonly<Record<string, string>>;
}

const between = (random: () => number, least: number, most: number): number =>
  least + Math.floor(random() * (most - least + 1));

const THREE_COUNTS = ['prompt_token_count', 'candidates_token_count', 'total_token_count'] as const;
const all = (cause: string): Record<string, string> => Object.fromEntries(THREE_COUNTS.map((field) => [field, cause]));

const ZIP_COLUMNS = [
  'zip_id',
  'zip_generation_time_ms',
  'zip_parallel_download_time_ms',
  'zip_max_workers_used',
  'zip_files_included',
  'zip_files_missing',
  'zip_total_size_bytes',
];

const thinking = (random: () => number): Pick<SampleTurnOptions, 'calls'> => ({
  calls: [
    {
      usage: {
        input: between(random, 2_000, 9_000),
        output: 2_000,
        thoughts: between(random, 300, 900),
        cached: 1_024,
      },
      text: 'Listo',
    },
  ],
});

/** Kinds of turns and what the legacy side makes of them; the first five are what a healthy migration sees. */
const KINDS: readonly Kind[] = [
  {
    kind: 'plain',
    options: (random) => ({ calls: [{ usage: { input: between(random, 100, 9_000), output: 80 }, text: 'Listo' }] }),
    differences: {},
  },
  { kind: 'thinking and cache', options: thinking, differences: {} },
  {
    kind: 'tool loop',
    options: (random) => ({
      calls: [
        { usage: { input: between(random, 500, 4_000), output: between(random, 200, 400) } },
        { usage: { input: between(random, 500, 4_000), output: between(random, 200, 400) } },
        { usage: { input: between(random, 500, 4_000), output: 90 }, text: 'Listo' },
      ],
      tools: ['search_invoices', 'count_invoices'],
    }),
    differences: all('last_model_call'),
  },
  {
    kind: 'late ZIP',
    options: (random) => ({
      calls: [{ usage: { input: 900, output: 50 }, text: 'Listo' }],
      tools: ['create_standard_zip'],
      zipEndsAfterMillis: between(random, 1, 29_000),
    }),
    differences: Object.fromEntries(ZIP_COLUMNS.map((field) => [field, 'zip_late'])),
  },
  {
    kind: 'ZIP in time',
    options: () => ({
      calls: [{ usage: { input: 900, output: 50 }, text: 'Listo' }],
      tools: ['create_standard_zip'],
      zipEndsAfterMillis: -1,
    }),
    differences: {},
  },
  {
    kind: 'error',
    options: () => ({ error: 'deadline exceeded', calls: [{ usage: { input: 900, output: 50 } }] }),
    // The old tracker measured a text that is not there: 0, where the record says NULL.
    differences: { agent_response_length: 'text_differs', agent_response_word_count: 'text_differs' },
  },
  {
    kind: 'first call without usage',
    options: () => ({ calls: [{}, { usage: { input: 900, output: 50 }, text: 'Listo' }], tools: ['search_invoices'] }),
    differences: all('usage_missing'),
  },
  {
    kind: 'last call without usage',
    options: () => ({ calls: [{ usage: { input: 900, output: 50 } }, { text: 'Listo' }], tools: ['search_invoices'] }),
    differences: {},
  },
  {
    kind: 'tracker leaves thoughts out',
    options: (random) => ({ ...thinking(random), question: 'leavesThoughtsOut' }),
    differences: { total_token_count: 'thoughts_left_out', thoughts_token_count: 'thoughts_left_out' },
  },
  {
    kind: 'tracker counts cached tokens beside the prompt',
    options: (random) => ({ ...thinking(random), question: 'countsCachedBeside' }),
    differences: { prompt_token_count: 'cached_counted_differently' },
  },
  {
    kind: 'tracker loses usage',
    options: (random) => ({ ...thinking(random), question: 'losesUsage' }),
    differences: {
      ...all('usage_missing!'),
      thoughts_token_count: 'usage_missing!',
      cached_content_token_count: 'usage_missing!',
    },
  },
  {
    kind: 'tracker keeps usage of an earlier turn',
    options: (random) => ({ ...thinking(random), question: 'keepsEarlierUsage' }),
    differences: all('unknown!'),
  },
  {
    kind: 'tracker writes another text',
    options: (random) => ({ ...thinking(random), question: 'writesAnotherText' }),
    differences: { agent_response: 'text_differs!', agent_response_length: 'text_differs!' },
  },
];

/** @param kinds how many of the kinds above to mix, from the first */
export function mixedTurns(count: number, seed: number, kinds = KINDS.length): ExpectedTurn[] {
  const random = mulberry32(seed);
  return Array.from({ length: count }, (_, number) => {
    const chosen = KINDS[Math.floor(random() * kinds)];
    if (chosen === undefined) throw new Error('no kind');
    const startMillis = Date.UTC(2025, 5, 1) + Math.floor(random() * 7 * 86_400_000);
    const turn = sampleTurn({ question: 'none', ...chosen.options(random), number, startMillis });
    return { turn, kind: chosen.kind, differences: chosen.differences };
  });
}

/** A small generator with a seed, so that a failing run can be run again. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
