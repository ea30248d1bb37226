import { createHash, createHmac } from 'node:crypto';
import type { ContentField } from './content-field.ts';
import type { ContentMode } from './content-mode.ts';
import {
  mergeStatements,
  type PolicyStatement,
  patternLabel,
  renderStatement,
  statedMode,
} from './policy-statement.ts';
import { createRedactor, type Redact, type RedactionConfig } from './redactor.ts';
import { truncateCodePoints } from './truncate-text.ts';

export interface ContentPolicyConfig {
  /** For every field that is not named in `fields`, identities excepted. Default: `full` for records, `none` for traces. */
  readonly default: ContentMode;
  readonly fields: ReadonlyMap<ContentField, ContentMode>;
  readonly redaction: RedactionConfig;
  /** Key of the hashes (HMAC-SHA-256), so that nobody can guess a text from its hash. Default: plain SHA-256. */
  readonly hashKey: string | undefined;
}

export interface AppliedContent {
  /** `undefined`: nothing may be said. */
  readonly text: string | undefined;
  /** Part of the text is gone, other than by a mask that shows where. */
  readonly cut: boolean;
}

/**
 * A content policy, ready to be applied to texts. No method throws. What it left of a text it leaves as it is when it is
 * applied again, but for hashes, which {@link isHash} tells, and for functions that do not do so themselves.
 */
export interface ContentPolicy {
  readonly statement: PolicyStatement;
  /** The same as a row keeps it. */
  readonly stated: string;
  modeOf(field: ContentField): ContentMode;
  /** Redacts, then cuts, so that no half of a secret is left at the end. */
  apply(field: ContentField, text: string): AppliedContent;
  applyMode(mode: ContentMode, text: string): AppliedContent;
  /** Redacts a text that no field governs, such as a name. */
  mask(text: string): AppliedContent;
  hash(text: string): string;
}

/** Text behind a cut that redaction still reads: a secret that begins before the cut is found whole. */
const LOOK_BEHIND_CUT = 16_384;
/** A text that is still another one after as many cuts is not kept. */
const MAX_CUTS = 16;

export function createContentPolicy(config: ContentPolicyConfig): ContentPolicy {
  const { redaction, hashKey } = config;
  const redact = createRedactor(redaction);
  const redactAgain = createRedactor({ ...redaction, functions: [] });
  const modeOf = (field: ContentField): ContentMode => statedMode(config, field);
  const hash = (text: string): string => {
    const digest = hashKey === undefined ? createHash('sha256') : createHmac('sha256', hashKey);
    return `sha256:${digest.update(text, 'utf8').digest('hex')}`;
  };
  const applyMode = (mode: ContentMode, text: string): AppliedContent => {
    switch (mode.kind) {
      case 'none':
        return { text: undefined, cut: text !== '' };
      case 'hash':
        return { text: hash(text), cut: true };
      case 'truncate': {
        // Two UTF-16 units a code point at most: the rest of a long text need not be read.
        const read = text.slice(0, mode.maxCodePoints * 2 + LOOK_BEHIND_CUT);
        const { text: safe, cut } = masked(redact, read);
        if (safe === undefined) return { text: undefined, cut };
        const short = truncateStable(safe, mode.maxCodePoints, redactAgain);
        return { text: short, cut: short === undefined || short.length < safe.length || read.length < text.length };
      }
      case 'full':
        return masked(redact, text);
    }
  };
  const statement: PolicyStatement = {
    default: config.default,
    fields: config.fields,
    detectors: redaction.detectors,
    patterns: redaction.patterns.map(({ name }) => patternLabel(name)),
    functions: redaction.functions.length,
    keyed: hashKey !== undefined,
  };
  return {
    statement,
    stated: renderStatement(mergeStatements(statement, statement)),
    modeOf,
    hash,
    mask: (text) => masked(redact, text),
    apply: (field, text) => applyMode(modeOf(field), text),
    applyMode,
  };
}

/** Whether a text has the form of this package's hashes. */
export function isHash(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

function masked(redact: Redact, text: string): AppliedContent {
  const safe = redact(text);
  return { text: safe, cut: safe === undefined };
}

/** What a cut leaves may look like a secret that the whole was none of: sixteen of twenty digits. */
function truncateStable(text: string, maxCodePoints: number, redact: Redact): string | undefined {
  let short = truncateCodePoints(text, maxCodePoints);
  if (short === text) return text;
  for (let pass = 0; pass < MAX_CUTS; pass += 1) {
    const safe = redact(short);
    if (safe === undefined || safe === short) return safe;
    short = truncateCodePoints(safe, maxCodePoints);
  }
  return undefined;
}
