import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildLegacyRecord } from '../../src/migration/build-legacy-record.ts';
import { parseOtlpJson } from '../../src/otlp/parse-otlp-json.ts';
import { classifySpan } from '../../src/record/dialects/classify-span.ts';
import { readTurn } from '../../src/record/read-turn.ts';
import { buildTurns } from '../../src/spans/build-turns.ts';

const DIRECTORY = join(import.meta.dirname, '../fixtures/legacy');

interface Fixture {
  readonly expected_row: Readonly<Record<string, unknown>>;
  readonly otlp: unknown;
}

describe('rows that the old tracker stored', () => {
  const files = readdirSync(DIRECTORY);

  it('are 200', () => {
    expect(files).toHaveLength(200);
  });

  it.each(files)('%s', (file) => {
    const fixture: Fixture = JSON.parse(readFileSync(join(DIRECTORY, file), 'utf8'));
    const turns = buildTurns(parseOtlpJson(fixture.otlp).spans, classifySpan);
    expect(turns).toHaveLength(1);
    const row: Record<string, unknown> = { ...turns.map((turn) => buildLegacyRecord(readTurn(turn)))[0] };
    for (const [column, stored] of Object.entries(fixture.expected_row)) {
      expect(row[column], column).toEqual(stored);
    }
    // What the old tracker left out is NULL.
    for (const column of ['agent_response', 'query_category', 'zip_generated', 'results_count']) {
      if (!(column in fixture.expected_row)) expect(row[column], column).toBeNull();
    }
  });
});
