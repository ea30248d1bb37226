import { ConfigurationError } from '../base/errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/**
 * Replaces `${NAME}` and `${NAME:-default}` in text with environment variables, as OpenTelemetry's configuration files
 * do; but a variable that is not set and has no default is an error, for an empty project is never meant.
 * Source: https://opentelemetry.io/docs/specs/otel/configuration/data-model/#environment-variable-substitution
 */
export function substituteVariables(value: unknown, env: Environment, key: string): unknown {
  if (typeof value !== 'string') return value;
  return value.replace(VARIABLE, (reference: string, name: string, fallback: string | undefined) => {
    const found = env[name];
    if (found !== undefined && found !== '') return found;
    if (fallback !== undefined) return fallback;
    throw new ConfigurationError(key, `refers to ${reference}, and the variable ${name} is not set`);
  });
}
