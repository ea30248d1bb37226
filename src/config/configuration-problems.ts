import { ConfigurationError } from '../base/errors.ts';

/** Gathers what is wrong with a configuration, so that all of it is told at once and not one thing a start. */
export class ConfigurationProblems {
  readonly #errors: ConfigurationError[] = [];

  /** What the step gives; `undefined` where it refuses. */
  attempt<Result>(step: () => Result): Result | undefined {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      this.#errors.push(error);
      return undefined;
    }
  }

  /** @throws {ConfigurationError} of everything that was refused, the first first */
  throwIfAny(): void {
    const [first, ...others] = this.#errors;
    if (first === undefined) return;
    const [{ key, problem }, ...more] = first.problems;
    throw new ConfigurationError(key, problem, {
      cause: first.cause,
      more: [...more, ...others.flatMap(({ problems }) => problems)],
    });
  }
}
