import { toPrintable } from './printable.ts';

/**
 * Where the package speaks: one line a problem, said once by its code and counted afterwards, so that an outage
 * does not flood the host's log. Lines go to standard error; standard output belongs to the host.
 * Message content and credentials are never passed in.
 */
export interface Diagnostics {
  /** A problem. The first one of a `code` is said, all are counted. */
  warn(code: string, message: string): void;
  /** A line that operators look for: statistics, mismatches. */
  info(message: string): void;
  /** What was decided, for whoever looks into it. */
  debug(message: string): void;
  /** How often each code was reported, whether it was said or not. */
  counts(): ReadonlyMap<string, number>;
}

/** How much is said: nothing, or up to lines of that kind. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

export const LOG_LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];
const MAX_CODES = 1_000;
// The message of somebody's error may hold megabytes.
const MAX_WARNING_CHARACTERS = 2_000;

export interface DiagnosticsOptions {
  /** Takes one line without its line end. Default: standard error. */
  readonly write?: ((line: string) => void) | undefined;
  /** Default `info`. */
  readonly level?: LogLevel | undefined;
}

export function createDiagnostics(options: DiagnosticsOptions = {}): Diagnostics {
  const write = options.write ?? ((line: string) => process.stderr.write(`${line}\n`));
  const counts = new Map<string, number>();
  const limit = LOG_LEVELS.indexOf(options.level ?? 'info');
  const say = (level: LogLevel, line: string): void => {
    if (LOG_LEVELS.indexOf(level) > limit) return;
    try {
      write(toPrintable(line));
    } catch {
      // A closed stream must not reach the host.
    }
  };
  return {
    warn(code, message) {
      const seen = counts.get(code);
      if (seen === undefined) say('warn', `[spanledger] ${message.slice(0, MAX_WARNING_CHARACTERS)} (${code})`);
      if (seen !== undefined || counts.size < MAX_CODES) counts.set(code, (seen ?? 0) + 1);
    },
    info: (message) => say('info', message),
    debug: (message) => say('debug', `[spanledger] ${message}`),
    counts: () => counts,
  };
}
