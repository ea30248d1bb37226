import { Random } from '../faults/random.ts';
import type { Pace } from './pace.ts';

/** Tokens as the provider serves them: `visible` leaves reasoning out, `prompt` includes what the cache served. */
export interface ServedTokens {
  readonly prompt: number;
  readonly visible: number;
  readonly thoughts: number;
  readonly cached: number;
}

/** What a model does with one request: it fails, asks for tools, or says the answer. */
export type ScriptStep =
  | { readonly does: 'fail'; readonly message: string }
  | { readonly does: 'ask'; readonly tools: readonly ToolName[]; readonly tokens: ServedTokens }
  | { readonly does: 'say'; readonly text: string; readonly thought: string; readonly tokens: ServedTokens };

export const TOOL_NAMES = ['look_up', 'convert', 'broken'] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

export interface ScriptedTurn {
  readonly question: string;
  readonly streamed: boolean;
  readonly steps: readonly ScriptStep[];
}

/** Turns of one user in one session, one after the other. */
export interface ScriptedConversation {
  readonly user: string;
  readonly session: string;
  readonly turns: readonly ScriptedTurn[];
}

/** Runs one conversation on a real framework, whose model answers by the script. Its failures are the script's. */
export type ConversationDriver = (conversation: ScriptedConversation, pace: Pace) => Promise<void>;

const TOOL_FAILURE = 'The booking system is down.';

const KINDS = [
  'answer',
  'one tool',
  'two rounds',
  'two at once',
  'broken tool',
  'fails',
  'fails after a tool',
] as const;

/**
 * Conversations of three turns that differ in every text and number, so that a value of another turn cannot pass for
 * one of this.
 * @param name of the framework, part of every text
 */
export function scriptConversations(name: string, count: number, seed: number): ScriptedConversation[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, number) => {
    const label = `${name} ${number}`;
    const turns = [0, 1, 2].map((turn) => scriptTurn(`${label} turn ${turn}`, random));
    return { user: `user-${name}-${number}`, session: `session-${name}-${number}`, turns };
  });
}

function scriptTurn(label: string, random: Random): ScriptedTurn {
  const tokens = (): ServedTokens => {
    const prompt = 1_000 + random.below(8_000);
    const thinks = random.chance(0.5);
    return {
      prompt,
      visible: 1 + random.below(500),
      thoughts: thinks ? 1 + random.below(900) : 0,
      cached: random.chance(0.5) ? 1 + random.below(prompt) : 0,
    };
  };
  const ask = (...tools: ToolName[]): ScriptStep => ({ does: 'ask', tools, tokens: tokens() });
  const say: ScriptStep = {
    does: 'say',
    text: `Answer of ${label}.`,
    thought: `Thought of ${label}.`,
    tokens: tokens(),
  };
  const fail: ScriptStep = { does: 'fail', message: `Overloaded in ${label}.` };
  const steps: Record<(typeof KINDS)[number], readonly ScriptStep[]> = {
    answer: [say],
    'one tool': [ask('look_up'), say],
    'two rounds': [ask('look_up'), ask('convert'), say],
    'two at once': [ask('look_up', 'convert'), say],
    'broken tool': [ask('broken'), say],
    fails: [fail],
    'fails after a tool': [ask('convert'), fail],
  };
  return { question: `Question of ${label}?`, streamed: random.chance(0.3), steps: steps[random.pick(KINDS)] };
}

export async function runTool(name: ToolName, session: string, pace: Pace): Promise<string> {
  await pace.moment(session);
  if (name === 'broken') throw new Error(TOOL_FAILURE);
  return `${name} found something for ${session}`;
}
