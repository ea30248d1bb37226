import type { NamedQuery } from '../delivery/store-reader.ts';
import { MISMATCHES_QUERY } from '../migration/mismatches-query.ts'; // migration

// `1.0 *` and `100.0 *`: SQLite divides integers without their fraction.
const share = (part: string, whole: string): string => `ROUND(100.0 * ${part} / NULLIF(${whole}, 0), 2)`;
const countIf = (condition: string): string => `COUNT(CASE WHEN ${condition} THEN 1 END)`;

/** A question whose answer is a row a day. */
function perDay(name: string, question: string, columns: readonly string[], where = ''): NamedQuery {
  return {
    name,
    question,
    render: ({ latest }, since) => `SELECT
  date_partition AS day,
  ${columns.join(',\n  ')}
FROM ${latest}
WHERE date_partition >= '${since}'${where === '' ? '' : ` AND ${where}`}
GROUP BY date_partition
ORDER BY date_partition DESC`,
  };
}

export const NAMED_QUERIES: readonly NamedQuery[] = [
  perDay('tokens-per-day', 'How many tokens does a turn take, day by day?', [
    'COUNT(*) AS turns',
    'SUM(total_token_count) AS tokens',
    'ROUND(AVG(total_token_count), 1) AS average',
    'MIN(total_token_count) AS minimum',
    'MAX(total_token_count) AS maximum',
    `${countIf('total_token_count IS NULL')} AS without_tokens`,
  ]),
  perDay(
    'zip-performance',
    'How fast are ZIPs made, and are they whole?',
    [
      'COUNT(*) AS zips',
      'ROUND(AVG(zip_generation_time_ms), 0) AS average_generation_ms',
      'ROUND(AVG(zip_parallel_download_time_ms), 0) AS average_download_ms',
      'ROUND(AVG(zip_files_included), 1) AS average_files',
      'SUM(zip_files_missing) AS files_missing',
      'ROUND(AVG(zip_total_size_bytes), 0) AS average_bytes',
    ],
    'zip_generated = TRUE',
  ),
  perDay('error-rate', 'How many turns fail or are incomplete?', [
    'COUNT(*) AS turns',
    `${countIf('success = FALSE')} AS failed`,
    `${share(countIf('success = FALSE'), 'COUNT(*)')} AS failed_percent`,
    `${countIf('success IS NULL')} AS unknown`,
    `${countIf('complete = FALSE')} AS incomplete`,
    'SUM(tool_error_count) AS tool_errors',
  ]),
  {
    name: 'errors',
    question: 'Which errors occur most?',
    render: ({ latest }, since, limit) => `SELECT
  error_message,
  COUNT(*) AS turns,
  MIN(timestamp) AS first_seen,
  MAX(timestamp) AS last_seen
FROM ${latest}
WHERE date_partition >= '${since}' AND error_message IS NOT NULL
GROUP BY error_message
ORDER BY turns DESC, error_message
LIMIT ${limit}`,
  },
  perDay('token-capture', 'For which share of turns are the tokens known?', [
    'COUNT(*) AS turns',
    `${countIf('total_token_count IS NOT NULL')} AS with_tokens`,
    `${share('COUNT(total_token_count)', 'COUNT(*)')} AS captured_percent`,
  ]),
  {
    name: 'top-conversations',
    question: 'Which conversations take most tokens?',
    render: ({ latest }, since, limit) => `SELECT
  conversation_id,
  MAX(user_id) AS user_id,
  COUNT(*) AS turns,
  SUM(total_token_count) AS tokens,
  MAX(total_token_count) AS largest_turn,
  SUM(tool_call_count) AS tool_calls
FROM ${latest}
WHERE date_partition >= '${since}'
GROUP BY conversation_id
ORDER BY tokens DESC, conversation_id
LIMIT ${limit}`,
  },
  {
    name: 'text-length',
    question: 'Do longer questions take more tokens?',
    render: ({ latest }, since) => `SELECT
  CASE
    WHEN user_question_length < 50 THEN '1: under 50'
    WHEN user_question_length < 200 THEN '2: 50 to 199'
    WHEN user_question_length < 1000 THEN '3: 200 to 999'
    ELSE '4: 1000 and more'
  END AS question_length,
  COUNT(*) AS turns,
  ROUND(AVG(prompt_token_count), 1) AS average_prompt_tokens,
  ROUND(AVG(agent_response_length), 1) AS average_answer_length,
  ROUND(AVG(candidates_token_count), 1) AS average_answer_tokens,
  ROUND(AVG(total_token_count), 1) AS average_tokens
FROM ${latest}
WHERE date_partition >= '${since}' AND user_question_length IS NOT NULL
GROUP BY question_length
ORDER BY question_length`,
  },
  perDay('thinking-share', 'Which share of the tokens is reasoning?', [
    'COUNT(*) AS turns',
    'SUM(thoughts_token_count) AS thoughts',
    'SUM(total_token_count) AS tokens',
    `${share('SUM(thoughts_token_count)', 'SUM(total_token_count)')} AS thoughts_percent`,
    `${share('SUM(cached_content_token_count)', 'SUM(prompt_token_count)')} AS cached_percent_of_prompt`,
  ]),
  {
    name: 'cost-per-day',
    question: 'What does it cost? (where prices are configured)',
    render: ({ latest }, since) => `SELECT
  date_partition AS day,
  response_model AS model,
  COUNT(*) AS turns,
  ${countIf('estimated_cost_usd IS NOT NULL')} AS priced_turns,
  ROUND(SUM(estimated_cost_usd), 4) AS usd,
  ROUND(AVG(estimated_cost_usd), 6) AS usd_per_turn
FROM ${latest}
WHERE date_partition >= '${since}'
GROUP BY date_partition, response_model
ORDER BY date_partition DESC, model`,
  },
  MISMATCHES_QUERY, // migration
];
