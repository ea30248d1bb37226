import { parseFallbackPayload } from '../delivery/fallback-entry.ts';
import { type Period, shiftDay } from '../migration/verification/period.ts';
import type { Target } from './target.ts';

/**
 * Counts the turns' rows that went to the fallback log in a period, replayed ones included.
 *
 * @returns 0 for the local store, which has no fallback: what it does not take stays with the host
 * @throws where Cloud Logging cannot be read
 */
export async function countFallbackRows(target: Target, { from, to }: Period): Promise<number> {
  if (target.kind === 'sqlite') return 0;
  const { readFallbackLog } = await import('../google/cloud-logging.ts');
  const { projectId, loggingEndpoint: endpoint } = target;
  const period = { from: `${from}T00:00:00Z`, to: `${shiftDay(to, 1)}T00:00:00Z` };
  return countLoggedTurns(readFallbackLog({ projectId, endpoint, ...period }));
}

/** A row in parts is one row, and so is one that was sent twice. Rows of other tables do not count. */
export async function countLoggedTurns(log: AsyncIterable<{ readonly jsonPayload: unknown }>): Promise<number> {
  const keys = new Set<string>();
  for await (const { jsonPayload } of log) {
    const content = parseFallbackPayload(jsonPayload);
    if (content?.table === 'conversation_logs') keys.add(content.key);
  }
  return keys.size;
}
