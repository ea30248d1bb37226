import { expect, test } from 'vitest';
import { CONVERSATION_COLUMNS } from '../../src/record/conversation-columns.ts';
import { renderBigQueryFields } from '../../src/store/bigquery-schema.ts';
import { extendBigQueryFields } from '../../src/store/extend-bigquery-fields.ts';

const wanted = renderBigQueryFields(CONVERSATION_COLUMNS);

test('a table that has everything is left as it is, whatever names its types go by', () => {
  const aliases: Record<string, string> = { INTEGER: 'INT64', FLOAT: 'FLOAT64', BOOLEAN: 'BOOL', RECORD: 'STRUCT' };
  const present = wanted.map((field) => ({ ...field, type: aliases[field.type] ?? field.type }));
  expect(extendBigQueryFields(present, wanted)).toEqual({ fields: present, added: [], conflicts: [] });
});

test('missing columns go behind those that are there, also inside records', () => {
  const present = [
    { name: 'their_own', type: 'STRING' },
    { name: 'client_info', type: 'RECORD', mode: 'NULLABLE', fields: [{ name: 'user_agent', type: 'STRING' }] },
    { name: 'message_id', type: 'STRING', mode: 'REQUIRED' },
  ];
  const { fields, added, conflicts } = extendBigQueryFields(present, wanted);
  expect(conflicts).toEqual([]);
  expect(fields.slice(0, 3)).toEqual([
    present[0],
    {
      ...present[1],
      fields: [
        { name: 'user_agent', type: 'STRING' },
        expect.objectContaining({ name: 'ip_address' }),
        expect.objectContaining({ name: 'platform' }),
      ],
    },
    present[2],
  ]);
  expect(added).toContain('client_info.ip_address');
  expect(added).toHaveLength(wanted.length - 2 + 2);
  expect(fields).toHaveLength(wanted.length + 1);
});

test('a new column is never required', () => {
  const { fields } = extendBigQueryFields([{ name: 'message_id', type: 'STRING' }], wanted);
  expect(fields.find(({ name }) => name === 'timestamp')?.mode).toBe('NULLABLE');
});

test.each([
  { present: { name: 'success', type: 'STRING' }, conflict: 'success is STRING, not BOOLEAN' },
  {
    present: { name: 'tools_used', type: 'STRING', mode: 'NULLABLE' },
    conflict: 'tools_used is NULLABLE, not REPEATED',
  },
  {
    present: { name: 'user_id', type: 'STRING', mode: 'REQUIRED' },
    conflict: 'user_id is REQUIRED, but may be NULL (ALTER COLUMN … DROP NOT NULL)',
  },
  {
    present: { name: 'client_info', type: 'RECORD', fields: [{ name: 'platform', type: 'INTEGER' }] },
    conflict: 'client_info.platform is INTEGER, not STRING',
  },
])('what adding cannot mend is said: $conflict', ({ present, conflict }) => {
  expect(extendBigQueryFields([present], wanted).conflicts).toEqual([conflict]);
});
