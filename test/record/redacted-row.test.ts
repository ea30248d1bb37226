import { describe, expect, it } from 'vitest';
import type { ContentField } from '../../src/privacy/content-field.ts';
import { parseContentMode } from '../../src/privacy/content-mode.ts';
import { type ContentPolicy, type ContentPolicyConfig, createContentPolicy } from '../../src/privacy/content-policy.ts';
import { DETECTOR_NAMES } from '../../src/privacy/detectors/detector-names.ts';
import type { Column } from '../../src/record/column.ts';
import {
  CONVERSATION_COLUMNS,
  CONVERSATION_LOGS,
  type ConversationRecord,
} from '../../src/record/conversation-columns.ts';
import { type RedactedRow, redactRow } from '../../src/record/redacted-row.ts';
import { CREDENTIALS } from '../privacy/corpus/credentials.ts';
import { PERSONAL_DATA } from '../privacy/corpus/personal-data.ts';

/** Columns that the package fills itself. */
const OWN_COLUMNS = new Set([
  'message_id',
  'timestamp',
  'date_partition',
  'message_type',
  'start_timestamp',
  'end_timestamp',
  'trace_id',
  'span_id',
  'tracking_backend',
  'span_dialect',
  'token_rule',
  'incomplete_reason',
]);

function recordOf(text: string, changes: Partial<ConversationRecord> = {}): ConversationRecord {
  const cell = (column: Column): unknown => {
    if (column.mode === 'REPEATED') return [cell({ ...column, mode: 'NULLABLE' })];
    if (column.type === 'RECORD')
      return Object.fromEntries((column.fields ?? []).map((field) => [field.name, cell(field)]));
    if (column.type === 'BOOLEAN') return false;
    if (column.type === 'STRING') return text;
    return column.type === 'TIMESTAMP' ? '2026-01-02T03:04:05.000006Z' : column.type === 'DATE' ? '2026-01-02' : 7;
  };
  const row = Object.fromEntries(CONVERSATION_COLUMNS.map((column) => [column.name, cell(column)]));
  return { ...row, ...changes } as ConversationRecord;
}

function policyOf(
  mode: string,
  fields: Readonly<Partial<Record<ContentField, string>>> = {},
  redaction: Partial<ContentPolicyConfig['redaction']> = {},
): ReturnType<typeof createContentPolicy> {
  const parse = (text: string) => parseContentMode(text) ?? { kind: 'none' as const };
  return createContentPolicy({
    default: parse(mode),
    fields: new Map(Object.entries(fields).map(([field, text]) => [field as ContentField, parse(text)])),
    redaction: { detectors: [], patterns: [], functions: [], ...redaction },
    hashKey: undefined,
  });
}

const FULL = policyOf('full');

function redact(record: ConversationRecord, policy: ContentPolicy): RedactedRow<ConversationRecord> {
  return redactRow(CONVERSATION_LOGS, record, policy);
}

describe('redactRow', () => {
  it('changes nothing under the default policy', () => {
    const record = recordOf('¿Cuántas facturas?');
    expect(redact(record, FULL)).toEqual({ ...record, content_policy: 'full' });
  });

  it('leaves no text column unseen but those that the package fills', () => {
    const record = recordOf('ask ana@example.com');
    const redacted = redact(record, policyOf('full', {}, { detectors: ['email'] }));
    for (const column of CONVERSATION_COLUMNS) {
      if (column.type !== 'STRING' && column.type !== 'RECORD') continue;
      const text = JSON.stringify(redacted[column.name]).replace(/"span_id":"[^"]*"/, '');
      expect(text.includes('ana@example.com'), column.name).toBe(OWN_COLUMNS.has(column.name));
    }
  });

  it.each([...CREDENTIALS, ...PERSONAL_DATA])('$detector: no column shows $secret', ({ text, secret }) => {
    const clean = recordOf('x', { service_name: null });
    const record: ConversationRecord = {
      ...clean,
      conversation_id: text,
      user_id: text,
      session_id: text,
      user_question: text,
      agent_response: `${'.'.repeat(190)} ${text}`,
      response_summary: `${'.'.repeat(190)} ${text}`.slice(0, 200),
      error_message: text,
      raw_mcp_response: text,
      search_filters: [text],
      tools_used: [text],
      model_calls: clean.model_calls.map((call) => ({ ...call, error: text })),
      tool_calls: clean.tool_calls.map((call) => ({ ...call, error: text })),
    };
    const json = JSON.stringify(redact(record, policyOf('full', {}, { detectors: DETECTOR_NAMES })));
    expect(json).not.toContain(JSON.stringify(secret).slice(1, -1));
  });

  it('cuts between characters and says so', () => {
    const record = recordOf('x', {
      user_question: 'ab👩🏽cd',
      agent_response: 'short',
      response_summary: 'short',
      content_truncated: null,
    });
    const redacted = redact(record, policyOf('full', { user_question: 'truncate(3)' }));
    expect(redacted).toMatchObject({ user_question: 'ab👩', agent_response: 'short', content_truncated: true });
    expect(redact(record, FULL).content_truncated).toBe(false);
  });

  it('redacts before it cuts: no half of a secret is left', () => {
    const record = recordOf('x', { user_question: 'mail ana.perez@example.com now' });
    const policy = policyOf('full', { user_question: 'truncate(12)' }, { detectors: ['email'] });
    expect(redact(record, policy).user_question).toBe('mail [REDACT');
  });

  it('removes content under none and keeps who asked', () => {
    const redacted = redact(recordOf('text', { client_info: null }), policyOf('none'));
    expect(redacted).toMatchObject({
      user_question: null,
      agent_response: null,
      response_summary: null,
      raw_mcp_response: null,
      error_message: null,
      search_filters: [],
      user_id: 'text',
      tools_used: ['text'],
      content_truncated: true,
    });
    expect(redacted.model_calls[0]).toMatchObject({ error: null, model: 'text' });
    expect(redacted.user_question_length).toBe(7);
  });

  it('hashes a field that is named, ids included, the same way each time', () => {
    const policy = policyOf('full', { user_id: 'hash', agent_response: 'hash', conversation_id: 'none' });
    const [first, second] = [redact(recordOf('text'), policy), redact(recordOf('text'), policy)];
    expect(first.user_id).toBe('sha256:982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1');
    expect(first).toEqual(second);
    expect(first).toMatchObject({
      agent_response: first.user_id,
      response_summary: null,
      conversation_id: first.user_id,
    });
  });

  it('keys the hashes where a key is set', () => {
    const keyed = createContentPolicy({
      default: { kind: 'hash' },
      fields: new Map(),
      redaction: { detectors: [], patterns: [], functions: [] },
      hashKey: 'k',
    });
    expect(keyed.hash('text')).not.toBe(FULL.hash('text'));
    expect(keyed.hash('text')).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('keeps one person one value where an id holds an address', () => {
    const policy = policyOf('full', {}, { detectors: ['email'] });
    const ids = ['ana@example.com', 'ana@example.com', 'eva@example.com', 'u-17'].map(
      (user_id) => redact(recordOf('x', { user_id }), policy).user_id,
    );
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).not.toBe(ids[2]);
    expect(ids[0]).toMatch(/^sha256:/);
    expect(ids[3]).toBe('u-17');
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['returns no text', () => undefined as unknown as string],
    ['returns a promise', () => Promise.resolve('x') as unknown as string],
  ])('removes the text where a redactor %s', (_, broken) => {
    const redacted = redact(recordOf('secret'), policyOf('full', {}, { functions: [broken] }));
    expect(redacted).toMatchObject({
      user_question: null,
      agent_response: null,
      response_summary: null,
      error_message: null,
      raw_mcp_response: null,
      search_filters: [],
      tools_used: [],
      agent_name: null,
      content_truncated: true,
    });
    for (const name of OWN_COLUMNS) Object.assign(redacted, { [name]: null });
    expect(JSON.stringify(redacted).replaceAll('"span_id":"secret"', '')).not.toContain('secret');
    expect(redacted.conversation_id).toMatch(/^sha256:/);
  });

  it('applies patterns, then functions, of the user', () => {
    const policy = policyOf(
      'full',
      {},
      {
        patterns: [{ name: 'folio', pattern: /folio \d+/i }],
        functions: [(text) => text.replaceAll('Aceros', 'A.')],
      },
    );
    const redacted = redact(recordOf('x', { user_question: 'Folio 12 y folio 13 de Aceros' }), policy);
    expect(redacted.user_question).toBe('[REDACTED:folio] y [REDACTED:folio] de A.');
  });

  it('does not change the record it was given', () => {
    const record = recordOf('ana@example.com');
    const before = structuredClone(record);
    redact(record, policyOf('none', {}, { detectors: DETECTOR_NAMES }));
    expect(record).toEqual(before);
  });
});
