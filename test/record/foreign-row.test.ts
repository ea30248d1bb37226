import { describe, expect, it } from 'vitest';
import type { ContentPolicy, ContentPolicyConfig } from '../../src/privacy/content-policy.ts';
import type { ColumnSpecs } from '../../src/record/column.ts';
import { CONVERSATION_COLUMNS, CONVERSATION_LOGS } from '../../src/record/conversation-columns.ts';
import { type RedactedRow, redactRow } from '../../src/record/redacted-row.ts';
import { policyOf } from '../support/policy-of.ts';

// Rows of any origin: what an earlier version wrote, what a file holds, what somebody forged.

const NONE = policyOf('none');
const HASH = policyOf('hash');
const TEXT = 'Zaragoza';
const redact = (row: Readonly<Record<string, unknown>>, policy: ContentPolicy = NONE): Record<string, unknown> =>
  redactRow(CONVERSATION_LOGS, row, policy);

describe('the type of a redacted row', () => {
  it('is made by redactRow alone', () => {
    const row = redactRow(CONVERSATION_LOGS, { message_id: 'm' }, NONE);
    const any: RedactedRow = row;
    // @ts-expect-error A literal is none.
    const literal: RedactedRow = { message_id: 'm' };
    // @ts-expect-error A copy that was changed has to pass again.
    const changed: RedactedRow = { ...row, user_question: TEXT };
    expect([any.message_id, literal.message_id, changed.message_id]).toEqual(['m', 'm', 'm']);
  });
});

describe('the column table', () => {
  it('takes no text column without a class', () => {
    const specs: ColumnSpecs = {
      count: ['INTEGER', 'Needs none.'],
      id: ['STRING identity', 'Has one.'],
      // @ts-expect-error Whose words these are is not said.
      text: ['STRING', 'Has none.'],
      list: ['STRING REPEATED question:messages enrichable', 'Has one.'],
      // @ts-expect-error So here.
      texts: ['STRING REPEATED', 'Has none.'],
    };
    expect(Object.keys(specs)).toHaveLength(5);
  });

  it('has a class for every text, in records as well', () => {
    const texts = CONVERSATION_COLUMNS.flatMap((column) => [column, ...(column.fields ?? [])]).filter(
      ({ type }) => type === 'STRING',
    );
    expect(texts.filter(({ contentClass }) => contentClass === undefined)).toEqual([]);
    const governed = Object.fromEntries(
      texts.flatMap(({ name, contentField }) =>
        contentField === undefined || contentField === name ? [] : [[name, contentField]],
      ),
    );
    expect(governed).toEqual({
      response_summary: 'agent_response',
      user_agent: 'client_info',
      ip_address: 'client_info',
      platform: 'client_info',
      error: 'error_message',
    });
  });
});

describe('a part of a row', () => {
  it('gets no column but the policy that it passed', () => {
    const amendment = { message_id: 'm', zip_id: 'ask ana@example.com', zip_files_included: 3 };
    expect(redact(amendment, policyOf('full', {}, { detectors: ['email'] }))).toEqual({
      message_id: 'm',
      zip_id: 'ask [REDACTED:email]',
      zip_files_included: 3,
      content_policy: 'full;redact=email',
    });
  });

  it('has no summary of what it does not hold', () => {
    expect(redact({ response_summary: TEXT })).toMatchObject({ response_summary: null });
    expect(redact({ response_summary: TEXT }, HASH)).toMatchObject({ response_summary: HASH.hash(TEXT) });
  });

  it('has no summary that says more than what it is of', () => {
    const row = { agent_response: 'short', response_summary: 'mail ana@example.com' };
    const policy = policyOf('full', {}, { detectors: ['email'] });
    expect(redact(row, policy)).toMatchObject({ response_summary: 'mail [REDACTED:email]' });
  });
});

describe('text where none is expected', () => {
  const misplaced: readonly unknown[] = [
    TEXT,
    [TEXT],
    [[{ text: TEXT }]],
    { text: TEXT },
    { deep: { deeper: [TEXT, { deepest: TEXT }] } },
    { [`${TEXT} and more`]: 1 },
    JSON.parse(`{"__proto__":{"text":"${TEXT}"}}`),
  ];
  const columns = CONVERSATION_COLUMNS.map(({ name }) => name);

  it.each([...columns, 'unknown'])('does not pass none in %s', (name) => {
    const column = CONVERSATION_COLUMNS.find((each) => each.name === name);
    for (const value of misplaced) {
      const isExpected =
        column?.type === 'STRING' && (column.mode === 'REPEATED' ? Array.isArray(value) : typeof value === 'string');
      if (isExpected && column?.contentClass !== 'question') continue;
      expect(JSON.stringify(redact({ [name]: value }))).not.toContain(TEXT);
    }
  });

  it('is governed by the strictest of what governs the column and what governs unknown text', () => {
    const policy = policyOf('full', { client_info: 'none' });
    expect(redact({ client_info: [{ user_agent: TEXT }], other: TEXT }, policy)).toMatchObject({
      client_info: [{ user_agent: null }],
      other: TEXT,
    });
    expect(redact({ user_id: [TEXT], other: TEXT }, policyOf('full', { attributes: 'hash' }))).toMatchObject({
      user_id: [HASH.hash(TEXT)],
      other: HASH.hash(TEXT),
    });
  });

  it('leaves values of a wrong type that are no text', () => {
    const row = { user_question: 5, hour_of_day: 1.5, tools_used: null, client_info: [true], other: { a: [1, null] } };
    expect(redact(row)).toEqual({ ...row, content_policy: 'none' });
  });

  it('is no row any more where it is nested without end', () => {
    let value: unknown = TEXT;
    for (let depth = 0; depth < 100_000; depth += 1) value = [value];
    expect(JSON.stringify(redact({ other: value }, policyOf('full'))).length).toBeLessThan(200);
  });
});

describe('the policy that a row says it passed', () => {
  it('is one text for one policy, without its key, patterns or functions', () => {
    const redaction: Partial<ContentPolicyConfig['redaction']> = {
      detectors: ['email', 'card'],
      patterns: [{ name: 'número; de caso', pattern: /secret-pattern/ }],
      functions: [(text) => text],
    };
    const policy = policyOf(
      'truncate(500)',
      { user_id: 'hash', error_message: 'truncate(500)', client_info: 'full' },
      {
        ...redaction,
        hashKey: 'secret-key',
      },
    );
    expect(redact({}, policy).content_policy).toBe(
      'truncate(500);user_id=hash;redact=card,email;pattern=n_mero_de_caso;functions=1;keyed',
    );
  });

  it.each(['none', 'hash', 'hash;keyed', 'truncate(3)', 'none;redact=email', 'full'])(
    'lets no text pass that forges %j',
    (content_policy) => {
      const texts = {
        user_question: TEXT,
        agent_response: TEXT,
        response_summary: TEXT,
        search_filters: [TEXT],
        model_calls: [{ error: TEXT }],
        other: TEXT,
        content_policy,
      };
      expect(JSON.stringify(redact(texts))).not.toContain(TEXT);
      expect(JSON.stringify(redact(texts, HASH))).not.toContain(TEXT);
      const mail = 'ana@example.com';
      const masking = policyOf('full', {}, { detectors: ['email'] });
      expect(JSON.stringify(redact({ user_question: mail, user_id: mail, content_policy }, masking))).not.toContain(
        mail,
      );
    },
  );

  it.each([TEXT, `full;${TEXT}`, `full;pattern=${TEXT} y más`, `full;${TEXT}=none`, [TEXT], { a: TEXT }])(
    'carries no text along: %j',
    (content_policy) => {
      expect(redact({ content_policy }).content_policy).toBe('none');
    },
  );

  it('keeps a hash that a policy made, and hashes what only looks like one', () => {
    const keyed = policyOf('hash', { user_id: 'hash' }, { hashKey: 'k' });
    const row = { user_id: HASH.hash('ana'), user_question: HASH.hash(TEXT) };
    const once = redact(row, keyed);
    expect(once).toMatchObject({ user_id: keyed.hash(row.user_id), user_question: keyed.hash(row.user_question) });
    expect(redact(once, policyOf('hash', { user_id: 'hash' }))).toEqual(once);
    expect(redact(once, policyOf('full'))).toEqual(once);
    expect(redact(redact(once, policyOf('full')), keyed)).toEqual(once);
  });

  it('says what both policies did where a stricter one follows', () => {
    const first = redact({ user_question: TEXT, error_message: TEXT }, policyOf('truncate(4)'));
    expect(redact(first, policyOf('full', { user_question: 'none' }, { detectors: ['email'] }))).toEqual({
      user_question: null,
      error_message: 'Zara',
      content_policy: 'truncate(4);user_question=none;redact=email',
    });
  });
});
