import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TOKEN_MISMATCHES } from '../../src/migration/mismatch-columns.ts'; // migration
import { CONTENT_FIELDS, type ContentField } from '../../src/privacy/content-field.ts';
import type { ContentMode } from '../../src/privacy/content-mode.ts';
import { type ContentPolicyConfig, createContentPolicy } from '../../src/privacy/content-policy.ts';
import { DETECTOR_NAMES } from '../../src/privacy/detectors/detector-names.ts';
import type { TableDefinition } from '../../src/record/column.ts';
import { CONVERSATION_COLUMNS, CONVERSATION_LOGS } from '../../src/record/conversation-columns.ts';
import { redactRow } from '../../src/record/redacted-row.ts';
import { CREDENTIALS } from '../privacy/corpus/credentials.ts';
import { PERSONAL_DATA } from '../privacy/corpus/personal-data.ts';
import { cases } from '../support/property-seed.ts';

/** From the strictest to the weakest. */
const MODES: readonly ContentMode[] = [
  { kind: 'none' },
  { kind: 'hash' },
  ...[0, 1, 5, 16, 30, 500].map((maxCodePoints): ContentMode => ({ kind: 'truncate', maxCodePoints })),
  { kind: 'full' },
];

/** A policy as places in lists, so that a weaker one is made by moving the places. */
interface Draft {
  readonly mode: number;
  readonly fields: Readonly<Partial<Record<ContentField, number>>>;
  readonly detectors: readonly string[];
  readonly patterns: readonly string[];
  readonly keyed: boolean;
}

const PATTERNS: Readonly<Record<string, RegExp>> = {
  folio: /folio \d+/i,
  // Find masks, hashes, and what a cut leaves of a mask.
  capitals: /[A-Z]{4,}/,
  hex: /[0-9a-f]{32}/,
  'número de caso': /caso (?<value>\w+)/d,
};

const anyMode = fc.nat(MODES.length - 1);
const drafts: fc.Arbitrary<Draft> = fc.record({
  mode: anyMode,
  fields: fc.dictionary(fc.constantFrom(...CONTENT_FIELDS), anyMode, { maxKeys: 6, noNullPrototype: true }),
  detectors: fc.subarray([...DETECTOR_NAMES]),
  patterns: fc.subarray(Object.keys(PATTERNS)),
  keyed: fc.boolean(),
});

function policyOf({ mode, fields, detectors, patterns, keyed }: Draft) {
  const config: ContentPolicyConfig = {
    default: MODES[mode] ?? { kind: 'none' },
    fields: new Map(
      CONTENT_FIELDS.flatMap((field) => {
        const found = MODES[fields[field] ?? MODES.length];
        return found === undefined ? [] : [[field, found] as const];
      }),
    ),
    redaction: {
      detectors: DETECTOR_NAMES.filter((name) => detectors.includes(name)),
      patterns: patterns.map((name) => ({ name, pattern: PATTERNS[name] ?? /$^/ })),
      functions: [],
    },
    hashKey: keyed ? 'key' : undefined,
  };
  return createContentPolicy(config);
}

const anyText = fc.oneof(
  fc.constantFrom(...[...CREDENTIALS, ...PERSONAL_DATA].map(({ text }) => text)),
  fc.constantFrom(
    '',
    'Folio 12 del caso XYZW',
    `sha256:${'0a'.repeat(32)}`,
    '[REDACTED:email] [REDACTED:',
    '👩🏽‍🚀'.repeat(9),
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(fc.constantFrom('4111', ' ', '1111', '@', 'a.cl', '[REDACTED:card]', ':', '://', 'Bearer ', '-'), {
      maxLength: 12,
    })
    .map((parts) => parts.join('')),
);
const anyValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    { arbitrary: anyText, weight: 4 },
    fc.constantFrom(null, 5, 0.5, true, '2026-01-02', '2026-01-02T03:04:05Z', 'none', 'hash;keyed', '["a","b"]', '5'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(anyText, fc.constantFrom('user_agent', 'error', 'name')), tie('value'), { maxKeys: 3 }),
  ),
})).value;

/** Rows as `JSON.parse` gives them: some columns, of any type. */
function rowsOf(table: TableDefinition): fc.Arbitrary<Record<string, unknown>> {
  const texts = table.columns.map(({ name }) => name);
  return fc
    .record({
      known: fc.dictionary(fc.constantFrom(...texts), anyValue, { maxKeys: 12 }),
      said: fc.dictionary(fc.constantFrom('user_question', 'agent_response', 'user_id', 'conversation_id'), anyText),
      summary: fc.nat(20),
      field: fc.constantFrom(...CONVERSATION_COLUMNS.map(({ name }) => name)),
      unknown: fc.dictionary(fc.string(), anyValue, { maxKeys: 2 }),
    })
    .map(({ known, said, summary, field, unknown }) => ({
      ...unknown,
      ...known,
      ...said,
      ...(said.agent_response !== undefined && { response_summary: said.agent_response.slice(0, summary) }),
      ...(table.comparedColumns !== undefined && { field }),
    }));
}

const RUNS = { numRuns: cases(3_000) };

describe.each([
  CONVERSATION_LOGS,
  TOKEN_MISMATCHES, // migration
])('a row of $name that passes again', (table) => {
  it('is the same, byte for byte', () => {
    fc.assert(
      fc.property(drafts, rowsOf(table), (draft, row) => {
        const policy = policyOf(draft);
        const once = redactRow(table, row, policy);
        expect(JSON.stringify(redactRow(table, once, policy))).toBe(JSON.stringify(once));
        const parsed: Record<string, unknown> = JSON.parse(JSON.stringify(once));
        expect(JSON.stringify(redactRow(table, parsed, policy))).toBe(JSON.stringify(once));
      }),
      RUNS,
    );
  });

  it('is the same under any policy that is weaker', () => {
    const weaker = fc.record({
      steps: fc.array(fc.nat(3), { minLength: CONTENT_FIELDS.length + 1, maxLength: CONTENT_FIELDS.length + 1 }),
      detectors: fc.subarray([...DETECTOR_NAMES]),
      patterns: fc.subarray(Object.keys(PATTERNS)),
      keyed: fc.boolean(),
    });
    fc.assert(
      fc.property(drafts, weaker, rowsOf(table), (draft, { steps, detectors, patterns, keyed }, row) => {
        const up = (place: number, index: number): number => Math.min(place + (steps[index] ?? 0), MODES.length - 1);
        // A field that is not named is moved with the mode, or named the weaker one.
        const fields = Object.fromEntries(
          CONTENT_FIELDS.flatMap((field, index) => {
            const place = draft.fields[field];
            return place === undefined ? [] : [[field, up(place, index + 1)]];
          }),
        );
        const second = policyOf({
          mode: up(draft.mode, 0),
          fields,
          detectors: draft.detectors.filter((name) => detectors.some((each) => each === name)),
          patterns: draft.patterns.filter((name) => patterns.includes(name)),
          keyed: draft.keyed && keyed,
        });
        const once = redactRow(table, row, policyOf(draft));
        expect(JSON.stringify(redactRow(table, once, second))).toBe(JSON.stringify(once));
      }),
      RUNS,
    );
  });
});
