import { describe, expect, it } from 'vitest';
import type { ConversationRecord } from '../../src/record/conversation-columns.ts';
import { classifySpan } from '../../src/record/dialects/classify-span.ts';
import { buildTurns } from '../../src/spans/build-turns.ts';
import { captureNames, loadCapture, spansOf } from '../support/dialect-capture.ts';
import { judgeRecords } from '../support/judge-record.ts';
import { recordOf } from '../support/record-of.ts';

function recordsOf(name: string): readonly ConversationRecord[] {
  return buildTurns(spansOf(loadCapture(name)), classifySpan).map((turn) => recordOf(turn));
}

/** `ai-sdk-6.0.326-toolloop` → `ai-sdk-6.0.326`: one snapshot file an instrumentation. */
function familyOf(name: string): string {
  return /^.*?-\d+\.\d+\.\d+/.exec(name)?.[0] ?? name;
}

const names = captureNames();

describe.each(names)('%s', (name) => {
  it('says what the model served', () => {
    expect(judgeRecords(recordsOf(name), loadCapture(name))).toEqual([]);
  });
});

describe.each([...new Set(names.map(familyOf))])('rows of %s', (family) => {
  it('are the ones that were reviewed', async () => {
    const rows = Object.fromEntries(
      names.filter((name) => familyOf(name) === family).map((name) => [name, recordsOf(name)]),
    );
    // NULL columns are left out: the type and the schema tests say that they are there.
    const text = JSON.stringify(rows, (_, value) => (value === null ? undefined : value), 1);
    await expect(`${text}\n`).toMatchFileSnapshot(`rows/${family}.json`);
  });
});
