import { createHash, createHmac } from 'node:crypto';
import type { ContentField } from './content-field.ts';
import type { ContentMode } from './content-mode.ts';
import { createRedactor, type Redact, type RedactionConfig } from './redactor.ts';
import { truncateCodePoints } from './truncate-text.ts';

/** Fields that identify rather than say something: `default` does not reach them. */
const IDENTITY_FIELDS: ReadonlySet<ContentField> = new Set(['user_id', 'session_id', 'conversation_id', 'client_info']);

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

/** A content policy, ready to be applied to texts. No method throws. */
export interface ContentPolicy {
  modeOf(field: ContentField): ContentMode;
  /** Redacts, then cuts, so that no half of a secret is left at the end. */
  apply(field: ContentField, text: string): AppliedContent;
  /** Redacts a text that no field governs, such as a name. */
  mask(text: string): AppliedContent;
  hash(text: string): string;
}

/** Text behind a cut that redaction still reads: a secret that begins before the cut is found whole. */
const LOOK_BEHIND_CUT = 16_384;

export function createContentPolicy(config: ContentPolicyConfig): ContentPolicy {
  const redact = createRedactor(config.redaction);
  const modeOf = (field: ContentField): ContentMode =>
    config.fields.get(field) ?? (IDENTITY_FIELDS.has(field) ? { kind: 'full' } : config.default);
  const hash = (text: string): string => {
    const digest = config.hashKey === undefined ? createHash('sha256') : createHmac('sha256', config.hashKey);
    return `sha256:${digest.update(text, 'utf8').digest('hex')}`;
  };
  return {
    modeOf,
    hash,
    mask: (text) => masked(redact, text),
    apply(field, text) {
      const mode = modeOf(field);
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
          const short = truncateCodePoints(safe, mode.maxCodePoints);
          return { text: short, cut: short.length < safe.length || read.length < text.length };
        }
        case 'full':
          return masked(redact, text);
      }
    },
  };
}

function masked(redact: Redact, text: string): AppliedContent {
  const redaction = redact(text);
  return redaction.status === 'failed' ? { text: undefined, cut: true } : { text: redaction.text, cut: false };
}
