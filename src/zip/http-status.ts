/** Statuses after which the same request may succeed. */
export function isTransientStatus(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** The word for a status that is not success. */
export function reasonOfStatus(status: number): 'not-found' | 'forbidden' | 'http-status' {
  if (status === 404 || status === 410) return 'not-found';
  return status === 401 || status === 403 ? 'forbidden' : 'http-status';
}

/** Seconds or a date, as RFC 9110 has it. @returns milliseconds from now; `undefined` where nothing usable was said */
export function parseRetryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const millis = /^\d+$/u.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isFinite(millis) ? Math.max(millis, 0) : undefined;
}
