import type { NamedQuery } from '../delivery/store-reader.ts';
import { TOKEN_MISMATCHES } from './mismatch-columns.ts';

export const MISMATCHES_QUERY: NamedQuery = {
  name: 'mismatches',
  question: 'Where do the two mappings of dual mode differ, and why?',
  render: ({ of }, since) => `SELECT
  field,
  cause,
  COUNT(*) AS turns,
  COUNT(CASE WHEN explained = TRUE THEN 1 END) AS explained,
  COUNT(CASE WHEN explained = FALSE THEN 1 END) AS unexplained,
  MAX(ABS(diff)) AS largest_difference
FROM ${of(TOKEN_MISMATCHES.name)}
WHERE timestamp >= '${since}'
GROUP BY field, cause
ORDER BY unexplained DESC, turns DESC, field, cause`,
};
