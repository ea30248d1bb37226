/** What one look at the set-up found. */
export interface Check {
  /** What was looked at, for people. */
  readonly name: string;
  /** `warning`: it works, and somebody should know. `skipped`: it does not concern this set-up, or could not be tried. */
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  /** What was found. No secrets, no content. */
  readonly detail: string;
  /** What to do about it. */
  readonly advice?: string;
}

export function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail };
}

export function warning(name: string, detail: string, advice: string): Check {
  return { name, status: 'warning', detail, advice };
}

export function failed(name: string, detail: string, advice: string): Check {
  return { name, status: 'failed', detail, advice };
}

export function skipped(name: string, detail: string): Check {
  return { name, status: 'skipped', detail };
}
