/** What a parser says of a value it cannot take: what is wrong and what is allowed, to follow the setting's name. */
export class InvalidValue {
  readonly problem: string;

  constructor(value: unknown, allowed: string) {
    this.problem = `is ${describeValue(value)}; allowed: ${allowed}`;
  }
}

/** Reads a value as the user wrote it: from code, from YAML, or (always text) from the environment. */
export type ParseValue<T> = (value: unknown) => T | InvalidValue;

/** One setting: where it can be given, how it is read, what it is without. */
export interface Setting<T> {
  /** Its place in the YAML file. */
  readonly key: string;
  /** Its environment variables, the first that is set counts. */
  readonly env: readonly string[];
  readonly parse: ParseValue<T>;
  /** A bad value in the environment is an error as well: to ignore it would let content out. */
  readonly strict?: true;
  readonly fallback: T;
  /** One sentence for the README, with the unit. */
  readonly description: string;
}

const MAX_SHOWN_CHARACTERS = 60;

function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
}
