/** An instrumentation or an agent framework, and how to try it. */
export interface Neighbour {
  /** On the command line and in the README. */
  readonly name: string;
  /** Of docs/frameworks, without `.md`: what it installs and its `agent.ts` are tried. */
  readonly page?: string;
  /** Whose versions are told. Where there is no page, they are installed, with ranges such as `openai@6`. */
  readonly packages: readonly string[];
  /** Of `programs`, where there is no page; it exports `answer(question, userId, sessionId)`. */
  readonly program?: string;
  /** Of `programs`: the same, streamed. */
  readonly streamed?: string;
  /** What its spans do not say, by the names of `not_in_spans` of a capture, and why: seen in a run. */
  readonly silent?: Readonly<Record<string, string>>;
  /** It is followed, and nothing else is played: its programs are servers or commands. */
  readonly pageOnly?: true;
  /** Tried by CI as well. */
  readonly core?: true;
}
