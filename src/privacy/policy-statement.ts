import { CONTENT_FIELDS, type ContentField, IDENTITY_FIELDS } from './content-field.ts';
import { type ContentMode, parseContentMode, renderContentMode, strictestMode } from './content-mode.ts';
import { DETECTOR_NAMES, type DetectorName } from './detectors/detector-names.ts';

/** What a content policy says of itself: no key, no source of a pattern, no function. */
export interface PolicyStatement {
  readonly default: ContentMode;
  readonly fields: ReadonlyMap<ContentField, ContentMode>;
  readonly detectors: readonly DetectorName[];
  /** Names of patterns, as {@link patternLabel} writes them. */
  readonly patterns: readonly string[];
  /** How many functions of the user's own. */
  readonly functions: number;
  /** Whether its hashes have a key. */
  readonly keyed: boolean;
}

const LABEL = /^[A-Za-z_][\w.-]{0,39}$/;
const MAX_LABELS = 20;

/** A pattern's name without what parts the statement's words. */
export function patternLabel(name: string): string {
  return name
    .replace(/^(?![A-Za-z_])/, '_')
    .replaceAll(/[^\w.-]+/g, '_')
    .slice(0, 40);
}

export function statedMode(statement: Pick<PolicyStatement, 'default' | 'fields'>, field: ContentField): ContentMode {
  return statement.fields.get(field) ?? (IDENTITY_FIELDS.has(field) ? { kind: 'full' } : statement.default);
}

/** Whether texts are masked under it, by whatever means. */
export function masksText({ detectors, patterns, functions }: PolicyStatement): boolean {
  return detectors.length + patterns.length + functions > 0;
}

/**
 * The statement as a row keeps it, e.g. `truncate(500);user_id=hash;redact=card,email;pattern=folio;functions=1;keyed`:
 * the same text for the same policy, whatever the order in which it was written.
 */
export function renderStatement(statement: PolicyStatement): string {
  const unnamed = { default: statement.default, fields: new Map() };
  const fields = CONTENT_FIELDS.toSorted().flatMap((field) => {
    const mode = renderContentMode(statedMode(statement, field));
    return mode === renderContentMode(statedMode(unnamed, field)) ? [] : [`${field}=${mode}`];
  });
  const { detectors, patterns, functions, keyed } = statement;
  return [
    renderContentMode(statement.default),
    ...fields,
    ...(detectors.length > 0 ? [`redact=${detectors.toSorted().join(',')}`] : []),
    ...(patterns.length > 0 ? [`pattern=${patterns.toSorted().join(',')}`] : []),
    ...(functions > 0 ? [`functions=${functions}`] : []),
    ...(keyed ? ['keyed'] : []),
  ].join(';');
}

/**
 * A statement of unknown origin: only words that a policy has are taken from it, so that it carries no text along.
 *
 * @returns `undefined` where it is none
 */
export function parseStatement(text: unknown): PolicyStatement | undefined {
  if (typeof text !== 'string') return undefined;
  const [first = '', ...parts] = text.split(';');
  const mode = parseContentMode(first);
  if (mode === undefined) return undefined;
  const values = new Map(parts.map((part) => [part.replace(/=.*/s, ''), part.replace(/^[^=]*=?/, '')]));
  const names = (key: string): readonly string[] => values.get(key)?.split(',') ?? [];
  const fields = CONTENT_FIELDS.flatMap((field) => {
    const stated = parseContentMode(values.get(field) ?? '');
    return stated === undefined ? [] : [[field, stated] as const];
  });
  return {
    default: mode,
    fields: new Map(fields),
    detectors: DETECTOR_NAMES.filter((name) => names('redact').includes(name)),
    patterns: names('pattern')
      .filter((name) => LABEL.test(name))
      .slice(0, MAX_LABELS),
    functions: Number(/^\d{1,3}$/.exec(values.get('functions') ?? '')?.[0] ?? 0),
    keyed: values.has('keyed'),
  };
}

/** What two policies, one after the other, do: the stricter mode of each field, and every mask. */
export function mergeStatements(a: PolicyStatement, b: PolicyStatement): PolicyStatement {
  return {
    default: strictestMode([a.default, b.default]),
    fields: new Map(
      CONTENT_FIELDS.map((field) => [field, strictestMode([statedMode(a, field), statedMode(b, field)])]),
    ),
    detectors: DETECTOR_NAMES.filter((name) => a.detectors.includes(name) || b.detectors.includes(name)),
    patterns: [...new Set([...a.patterns, ...b.patterns])],
    functions: Math.max(a.functions, b.functions),
    keyed: a.keyed || b.keyed,
  };
}
