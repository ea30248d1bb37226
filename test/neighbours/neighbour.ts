import type { ScenarioName } from './scenarios.ts';

/** An instrumentation or an agent framework, and how to try it. */
export interface Neighbour {
  /** On the command line and in the README. */
  readonly name: string;
  /** Of docs/frameworks, without `.md`: what it installs and its `agent.ts` are tried. */
  readonly page?: string;
  /** Whose versions are told; installed where there is no page, with ranges such as `openai@6`. */
  readonly packages: readonly string[];
  /** What is installed beside them, where there is no page. */
  readonly beside?: readonly string[];
  /** Of `programs`, where there is no page; it exports `answer(question, userId, sessionId)`. */
  readonly program?: string;
  /** Of `programs`: it exports `stream` or `answer`, streamed. */
  readonly streamed?: string;
  /** What its spans do not say in any scenario, or in one: seen in a run. */
  readonly silent?: Readonly<Partial<Record<'always' | ScenarioName, Silence>>>;
  /** It is followed, and nothing else is played: its programs are servers or commands. */
  readonly pageOnly?: true;
  /** Tried by CI as well. */
  readonly core?: true;
}

/** Names of `not_in_spans` of a capture, and why they are not there. */
export type Silence = Readonly<Record<string, string>>;
