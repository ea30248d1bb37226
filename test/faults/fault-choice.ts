import { status } from '@grpc/grpc-js';
import { type BigQueryFault, HTML_PAGE } from '../support/bigquery-faults.ts';
import type { LoggingFault } from '../support/loopback-logging.ts';
import type { Random } from './random.ts';

/** One fault of BigQuery, drawn from all that are known. */
export function drawBigQueryFault(random: Random, rowCount: number): BigQueryFault {
  const error = (code: number, reason: string, headers?: Record<string, string>): BigQueryFault => ({
    kind: 'error',
    status: code,
    reason,
    ...(headers !== undefined && { headers }),
  });
  const answer = (body: string, contentType: string): BigQueryFault => ({
    kind: 'answer',
    body,
    contentType,
    commit: random.chance(0.5),
  });
  const draw = random.pick<() => BigQueryFault>([
    () => ({ kind: 'hang', commit: random.chance(0.5) }),
    () => ({ kind: 'reset-before' }),
    () => ({ kind: 'reset-after' }),
    () => ({ kind: 'slow-body', delayMillis: random.pick([5, 40, 150]) }),
    () => error(503, 'backendError'),
    () => error(500, 'internalError'),
    () => ({ kind: 'error', status: 502, reason: '', html: true }),
    () => error(429, 'rateLimitExceeded', { 'retry-after': '0' }),
    () => error(403, 'rateLimitExceeded'),
    () => error(403, 'quotaExceeded'),
    () => error(401, 'authError'),
    () => error(404, 'notFound'),
    () => answer(HTML_PAGE, 'text/html'),
    () => answer('{}', 'application/json'),
    () => answer('', 'application/json'),
    () =>
      answer('{"kind":"bigquery#tableDataInsertAllResponse","insertErrors":[{"index":9999999}]}', 'application/json'),
    () => ({ kind: 'row-errors', reason: 'stopped', indexes: [random.below(rowCount)] }),
    () => ({
      kind: 'row-errors',
      reason: random.pick(['backendError', 'timeout', 'internalError']),
      indexes: [random.below(rowCount)],
    }),
    // The front end refuses the size; fewer rows pass.
    () => (rowCount > 1 ? { kind: 'error', status: 413, reason: '', html: true } : error(503, 'backendError')),
    () => (rowCount > 1 ? error(400, 'badRequest') : error(503, 'backendError')),
  ]);
  return draw();
}

/** One fault of Cloud Logging. */
export function drawLoggingFault(random: Random): LoggingFault {
  const draw = random.pick<() => LoggingFault>([
    () => ({ kind: 'error', code: status.UNAVAILABLE }),
    () => ({ kind: 'error', code: status.UNAVAILABLE, commit: true }),
    () => ({ kind: 'error', code: status.INTERNAL }),
    () => ({ kind: 'error', code: status.RESOURCE_EXHAUSTED }),
    () => ({ kind: 'error', code: status.PERMISSION_DENIED }),
    () => ({ kind: 'error', code: status.UNAUTHENTICATED }),
    () => ({ kind: 'hang' }),
    () => ({ kind: 'partial', refused: random.below(100) }),
  ]);
  return draw();
}

/** What tells faults of BigQuery apart in a count. */
export function nameFault(fault: BigQueryFault): string {
  switch (fault.kind) {
    case 'error':
      return `${fault.status} ${fault.reason}`;
    case 'answer':
      return `answer ${fault.body.slice(0, 10)}${fault.commit ? ' after the commit' : ''}`;
    case 'hang':
      return `hang${fault.commit ? ' after the commit' : ''}`;
    case 'row-errors':
      return `row ${fault.reason}`;
    default:
      return fault.kind;
  }
}
