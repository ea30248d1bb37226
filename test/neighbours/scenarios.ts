import type { ServedTokens } from '../live/conversation-script.ts';
import type { ConversationTruth } from '../support/dialect-capture.ts';
import type { Step } from './step.ts';

export interface Conversation {
  readonly question: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly steps: readonly Step[];
}

const tokens = (prompt: number, visible: number, thoughts = 0, cached = 0): ServedTokens => ({
  prompt,
  visible,
  thoughts,
  cached,
});
const ask = (counts: ServedTokens): Step => ({
  does: 'ask',
  tool: 'count_invoices',
  args: { status: 'open' },
  tokens: counts,
});
const say = (text: string, counts: ServedTokens): Step => ({ does: 'say', text, tokens: counts });

/** What every page of a framework asks by itself. */
export const PAGE_CONVERSATION: Conversation = {
  question: 'How many invoices are open?',
  userId: 'ana',
  sessionId: 'chat-1',
  steps: [ask(tokens(131, 17)), say('12 invoices are open.', tokens(172, 9))],
};

export const SCENARIOS = {
  answer: [
    {
      question: 'What is an invoice?',
      userId: 'bruno',
      sessionId: 'chat-2',
      steps: [say('A request for payment.', tokens(23, 6))],
    },
  ],
  tools: [
    {
      question: 'Are more invoices open than yesterday?',
      userId: 'carla',
      sessionId: 'chat-3',
      steps: [ask(tokens(140, 21)), ask(tokens(181, 22)), say('No, as many as yesterday.', tokens(223, 8))],
    },
  ],
  'cache and reasoning': [
    {
      question: 'Which invoices are overdue?',
      userId: 'diego',
      sessionId: 'chat-4',
      steps: [ask(tokens(1500, 20, 300, 1024)), say('Three of them.', tokens(1840, 12, 75, 1280))],
    },
  ],
  failure: [
    {
      question: 'Can you summarise them?',
      userId: 'elena',
      sessionId: 'chat-5',
      steps: [{ does: 'fail', message: 'The prompt is not valid.' }],
    },
  ],
  'two at once': [
    {
      question: 'How many did Fabio send?',
      userId: 'fabio',
      sessionId: 'chat-6',
      steps: [ask(tokens(151, 13)), say('Fabio sent five.', tokens(190, 7))],
    },
    {
      question: 'How many did Greta send?',
      userId: 'greta',
      sessionId: 'chat-7',
      steps: [ask(tokens(153, 14)), say('Greta sent seven.', tokens(197, 10))],
    },
  ],
  stream: [
    {
      question: 'Tell me more about them.',
      userId: 'hugo',
      sessionId: 'chat-8',
      steps: [say('They are paper, mostly, and some are late.', tokens(31, 16))],
    },
  ],
} satisfies Readonly<Record<string, readonly Conversation[]>>;

export type ScenarioName = keyof typeof SCENARIOS;

export const SCENARIO_NAMES = Object.keys(SCENARIOS) as readonly ScenarioName[];

/** What the row of a conversation must say, that `model` answered. */
export function truthOf(conversation: Conversation, model: string | null): ConversationTruth {
  const { question, userId, sessionId, steps } = conversation;
  const served = steps.flatMap((step) => (step.does === 'fail' ? [] : [step.tokens]));
  const sum = (count: (served: ServedTokens) => number): number | null =>
    served.length === 0 ? null : served.reduce((total, each) => total + count(each), 0);
  const last = steps.at(-1);
  return {
    user_question: question,
    agent_response: last?.does === 'say' ? last.text : null,
    model,
    model_requested: model,
    tools_used: steps.flatMap((step) => (step.does === 'ask' ? [step.tool] : [])),
    prompt_token_count: sum(({ prompt }) => prompt),
    visible_output_token_count: sum(({ visible }) => visible),
    thoughts_token_count: sum(({ thoughts }) => thoughts),
    cached_content_token_count: sum(({ cached }) => cached),
    total_token_count: sum(({ prompt, visible, thoughts }) => prompt + visible + thoughts),
    success: last?.does === 'say',
    session_id: sessionId,
    user_id: userId,
  };
}
