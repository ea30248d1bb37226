import type { ServedTokens } from '../live/conversation-script.ts';

/** What the model does with one request of a turn. */
export type Step =
  | { readonly does: 'fail'; readonly message: string }
  | { readonly does: 'ask'; readonly tool: string; readonly args: object; readonly tokens: ServedTokens }
  | { readonly does: 'say'; readonly text: string; readonly tokens: ServedTokens };

export type Answer = Exclude<Step, { does: 'fail' }>;
