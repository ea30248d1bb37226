import { LOG_LEVELS, type LogLevel } from '../base/diagnostics.ts';
import { ConfigurationError } from '../base/errors.ts';

// Parsers for settings. Numbers and booleans come typed from code and YAML, and as text from the environment.

/** Reads a value as the user wrote it. */
export type ParseValue<T> = (value: unknown) => T | InvalidValue;

/** What a parser says of a value it cannot take: what is wrong and what is allowed, to follow the setting's name. */
export class InvalidValue {
  readonly problem: string;
  readonly allowed: string;

  constructor(value: unknown, allowed: string) {
    this.allowed = allowed;
    this.problem = `is ${describeValue(value)}; allowed: ${allowed}`;
  }
}

/**
 * @param key where the value was written
 * @throws {ConfigurationError} on one that is not allowed
 */
export function parseOrThrow<T>(parse: ParseValue<T>, value: unknown, key: string): T {
  const parsed = parse(value);
  if (parsed instanceof InvalidValue) throw new ConfigurationError(key, parsed.problem);
  return parsed;
}

export function oneOf<T extends string>(allowed: readonly T[]): ParseValue<T> {
  return (value) => allowed.find((each) => each === value) ?? new InvalidValue(value, allowed.join(', '));
}

/** A list, or one text with commas. */
export function listOf<T extends string>(allowed: readonly T[]): ParseValue<readonly T[]> {
  const rule = `one or more of ${allowed.join(', ')}`;
  const isAllowed = (item: string): item is T => allowed.some((each) => each === item);
  return (value) => {
    const items = splitList(value);
    if (items === undefined) return new InvalidValue(value, rule);
    const chosen = items.filter(isAllowed);
    return chosen.length === items.length
      ? chosen
      : new InvalidValue(
          items.find((item) => !isAllowed(item)),
          rule,
        );
  };
}

export const textList: ParseValue<readonly string[]> = (value) =>
  splitList(value) ?? new InvalidValue(value, 'a list of text');

export const flag: ParseValue<boolean> = (value) => {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : undefined;
  if (word === 'true' || word === '1') return true;
  if (word === 'false' || word === '0') return false;
  return new InvalidValue(value, 'true, false');
};

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
  /** Named in the message: `seconds`, `bytes`. */
  readonly unit?: string;
}

export function numberIn({ min, max, whole = false, unit }: NumberRange): ParseValue<number> {
  const kind = `${whole ? 'a whole number' : 'a number'}${unit === undefined ? '' : ` of ${unit}`}`;
  return (value) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    const fits = typeof number === 'number' && number >= min && number <= max && (!whole || Number.isInteger(number));
    return fits ? number : new InvalidValue(value, `${kind} from ${min} to ${max}`);
  };
}

/** Text that is not empty. */
export const text: ParseValue<string> = (value) =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : new InvalidValue(value, 'text');

/** Names of Google Cloud: one that needs quoting has no business in a statement. */
function textLike(pattern: RegExp, allowed: string): ParseValue<string> {
  return (value) => (typeof value === 'string' && pattern.test(value) ? value : new InvalidValue(value, allowed));
}

/** Source: https://cloud.google.com/resource-manager/docs/creating-managing-projects; with a domain's prefix. */
export const PROJECT_ID: RegExp = /^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{2,61}[a-z0-9]$/;
export const projectId: ParseValue<string> = textLike(PROJECT_ID, "a Google Cloud project's id");

/** Of a dataset or a table. Source: https://cloud.google.com/bigquery/docs/datasets#dataset-naming */
export const BIGQUERY_NAME: RegExp = /^[A-Za-z0-9_]{1,1024}$/;
export const bigqueryName: ParseValue<string> = textLike(BIGQUERY_NAME, 'letters, digits and underscores');

/** What OpenTelemetry's `OTEL_LOG_LEVEL` says beside our own words. */
const OTEL_LOG_LEVELS: Readonly<Record<string, LogLevel>> = { none: 'error', verbose: 'debug', all: 'debug' };

export const logLevel: ParseValue<LogLevel> = (value) => {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return (
    LOG_LEVELS.find((level) => level === (OTEL_LOG_LEVELS[word] ?? word)) ??
    new InvalidValue(value, LOG_LEVELS.join(', '))
  );
};

/** IANA name of a time zone. */
export const timeZone: ParseValue<string> = (value) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: String(value) }).resolvedOptions().timeZone;
  } catch {
    return new InvalidValue(value, 'the IANA name of a time zone, e.g. America/Santiago');
  }
};

/** A host, by itself or as a URL without a path. */
export function endpoint(protocols: readonly string[]): ParseValue<string> {
  const allowed = `a host or a URL of one (${protocols.map((each) => `${each}//`).join(', ')}) without a path`;
  return (value) => {
    const url = typeof value === 'string' ? URL.parse(value.includes('://') ? value : `https://${value}`) : null;
    const isBare = url !== null && url.pathname === '/' && `${url.search}${url.hash}${url.username}` === '';
    return isBare && protocols.includes(url.protocol) ? url.origin : new InvalidValue(value, allowed);
  };
}

function splitList(value: unknown): readonly string[] | undefined {
  const items = typeof value === 'string' ? value.split(',') : value;
  if (!Array.isArray(items) || !items.every((item) => typeof item === 'string')) return undefined;
  return items.map((item: string) => item.trim()).filter((item) => item !== '');
}

const MAX_SHOWN_CHARACTERS = 60;

function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
}
