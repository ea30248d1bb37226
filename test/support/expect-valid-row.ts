import { expect } from 'vitest';
import { CONVERSATION_COLUMNS, type ConversationRecord } from '../../src/record/conversation-columns.ts';
import { findRowProblem } from './bigquery-row-check.ts';

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;

/** Fails unless BigQuery would take the row, and its numbers and texts mean what they say. */
export function expectValidRow(record: ConversationRecord): void {
  expect(findRowProblem(record, CONVERSATION_COLUMNS, { ignoreUnknownValues: false })).toBeUndefined();
  expect(record.timestamp).toMatch(TIMESTAMP);
  expectPlainValues(record);
  const { prompt_token_count, candidates_token_count, total_token_count } = record;
  const parts = [prompt_token_count, candidates_token_count];
  if (total_token_count !== null && !parts.includes(null) && record.token_rule?.includes('provider_total') !== true) {
    const thoughts = record.thoughts_token_count ?? 0;
    const toolUse = record.tool_use_prompt_token_count ?? 0;
    expect((prompt_token_count ?? 0) + (candidates_token_count ?? 0) + thoughts + toolUse).toBe(total_token_count);
  }
}

/** No lone surrogates, no numbers that JSON or a double cannot hold. */
function expectPlainValues(value: unknown): void {
  if (typeof value === 'string') expect(value.isWellFormed()).toBe(true);
  else if (typeof value === 'number') expect(Number.isFinite(value) && !Object.is(value, -0)).toBe(true);
  else if (typeof value === 'object' && value !== null)
    for (const each of Object.values(value)) expectPlainValues(each);
  else expect(value === null || typeof value === 'boolean').toBe(true);
}
