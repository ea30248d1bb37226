/** A configuration that cannot be used. Thrown at start only, before the host depends on us. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  /** Dotted path of the setting, e.g. `analytics.conversation_tracking.backend`, or the variable's name. */
  readonly key: string;

  /**
   * @param key the setting as the user wrote it
   * @param problem what is wrong with the value and what is allowed, e.g. `is "both"; allowed: legacy, solid, dual`
   */
  constructor(key: string, problem: string, options?: ErrorOptions) {
    super(`${key} ${problem}`, options);
    this.key = key;
  }
}

/** @throws {ConfigurationError} that says all problems, a line each, and has the first one's key; none where there are none */
export function throwProblems(problems: readonly ConfigurationError[]): void {
  const [first, ...others] = problems;
  if (first === undefined) return;
  if (others.length === 0) throw first;
  const lines = [first.message.slice(first.key.length + 1), ...others.map(({ message }) => message)];
  throw new ConfigurationError(first.key, lines.join('\n'), { cause: first });
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
