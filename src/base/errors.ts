export interface ConfigurationProblem {
  /** Dotted path of the setting, e.g. `analytics.conversation_tracking.backend`, or the variable's name. */
  readonly key: string;
  /** What is wrong with the value and what is allowed, e.g. `is "both"; allowed: legacy, solid, dual`. */
  readonly problem: string;
}

/** A configuration that cannot be used. Thrown at start only, before the host depends on us. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  /** The key of the first problem. */
  readonly key: string;
  /** Everything that is wrong with the configuration, a line each in the message. */
  readonly problems: readonly [ConfigurationProblem, ...ConfigurationProblem[]];

  /**
   * @param key the setting as the user wrote it
   * @param problem as in {@link ConfigurationProblem}
   * @param options `more`: what else is wrong
   */
  constructor(
    key: string,
    problem: string,
    { more = [], ...options }: ErrorOptions & { readonly more?: readonly ConfigurationProblem[] } = {},
  ) {
    super([{ key, problem }, ...more].map((each) => `${each.key} ${each.problem}`).join('\n  '), options);
    this.key = key;
    this.problems = [{ key, problem }, ...more];
  }
}

/** An optional package that a chosen setting needs and that is not installed. */
export class MissingPackageError extends Error {
  override readonly name = 'MissingPackageError';
  readonly packageName: string;

  constructor(packageName: string, neededFor: string, options?: ErrorOptions) {
    super(`${neededFor} needs the package ${packageName}. Install it: npm install ${packageName}`, options);
    this.packageName = packageName;
  }
}

/** The message of whatever was thrown, for a log line. Total: a hostile `toString` gives `unknown error`. */
export function describeError(error: unknown): string {
  try {
    if (error instanceof Error) return error.message === '' ? error.name : error.message;
    return String(error);
  } catch {
    return 'unknown error';
  }
}
