import { isArray, isObject } from '../base/json-value.ts';
import { rememberByObject } from '../base/remember-by-object.ts';
import type { ContentField } from '../privacy/content-field.ts';
import { type ContentMode, strictestMode } from '../privacy/content-mode.ts';
import { type AppliedContent, type ContentPolicy, isHash } from '../privacy/content-policy.ts';
import {
  masksText,
  mergeStatements,
  type PolicyStatement,
  parseStatement,
  renderStatement,
  statedMode,
} from '../privacy/policy-statement.ts';
import type { Column } from './column.ts';
import { buildSummary } from './text-metrics.ts';
import { findItemProblem } from './validate-row.ts';

/** What code gives names to; any other key of a record that no table knows is a text. */
const CODE_NAME = /^[A-Za-z_]\w{0,127}$/;
/** Rows are shallow; what is deeper is nobody's row, and left out. */
const MAX_DEPTH = 32;

/**
 * One row's way through a content policy, value by value, by the class of the column. A value of a wrong type stays as it
 * is, but for the texts in it, at any depth: nobody knows whose words they are, so that the strictest mode holds.
 * Only what is a hash is taken from the policy that the row says it has passed; all else is applied again.
 */
export class RedactionPass {
  readonly #policy: ContentPolicy;
  /** What the row has passed before. */
  readonly #passed: PolicyStatement | undefined;
  readonly #compared: Column | undefined;
  /** Names repeat within a row: tools, models, reasons. */
  readonly #names = new Map<string, string | null>();
  /** Whether some text was cut, hashed or removed. */
  cut = false;

  /**
   * @param passed the policy that the row says it has passed, whoever wrote it
   * @param compared the column whose values the `by-field` columns hold
   */
  constructor(policy: ContentPolicy, passed: unknown, compared: Column | undefined) {
    this.#policy = policy;
    this.#compared = compared;
    const stated = parseStatement(passed);
    const patterns = stated?.patterns.filter((name) => this.#name(name) === name) ?? [];
    this.#passed = stated && { ...stated, patterns };
  }

  /** What the row has passed after this. */
  statement(): string {
    const { statement, stated } = this.#policy;
    return this.#passed === undefined ? stated : renderStatement(mergeStatements(this.#passed, statement));
  }

  /** The columns of a row, or of a record in it. Most of a row is numbers, flags and NULL, which stay as they are. */
  record(columns: readonly Column[], row: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const { byName, excerpts } = indexOf(columns);
    const redacted: Record<string, unknown> = { ...row };
    for (const name of Object.keys(row)) {
      const column = byName.get(name);
      const value = row[name];
      if (column === undefined) {
        if (this.#addStray(redacted, fieldsOf(undefined), name, value, 0) !== name) delete redacted[name];
      } else if (column.excerptOf === undefined && (typeof value === 'string' || typeof value === 'object')) {
        redacted[name] = this.#cell(column, value);
      }
    }
    // Known once its whole is.
    for (const column of excerpts) {
      const { name, excerptOf = '' } = column;
      if (!Object.hasOwn(row, name)) continue;
      redacted[name] = this.#excerpt(column, row[name], row[excerptOf], redacted[excerptOf]);
    }
    return redacted;
  }

  #cell(column: Column, value: unknown): unknown {
    if (column.contentClass === 'by-field' && this.#compared !== undefined)
      return this.#rendered(this.#compared, value);
    if (column.mode !== 'REPEATED') return this.#item(column, value);
    if (!isArray(value)) return this.#stray(fieldsOf(column), value);
    return withoutRemoved(value, (item) => this.#item(column, item));
  }

  /** The beginning of a text: where that was changed, it is made of what is left, for a secret may reach over its end. */
  #excerpt(column: Column, excerpt: unknown, whole: unknown, redactedWhole: unknown): unknown {
    if (typeof excerpt !== 'string' || typeof whole !== 'string') return this.#cell(column, excerpt);
    if (whole === redactedWhole) return whole.startsWith(excerpt) ? excerpt : this.#cell(column, excerpt);
    if (typeof redactedWhole !== 'string' || isHash(redactedWhole)) return null;
    return buildSummary(redactedWhole);
  }

  /** The value of another table's column, as text. */
  #rendered(column: Column, text: unknown): unknown {
    if (typeof text !== 'string') return this.#stray(fieldsOf(column), text);
    const isText = column.mode !== 'REPEATED' && ['STRING', 'DATE', 'TIMESTAMP'].includes(column.type);
    if (isText) return this.#item(column, text);
    const value = parseJson(text);
    if (value === undefined) return this.#stray(fieldsOf(column), text);
    const redacted = this.#cell(column, value);
    if (redacted === null) return null;
    const rendered = JSON.stringify(redacted);
    return rendered === JSON.stringify(value) ? text : rendered;
  }

  #item(column: Column, value: unknown): unknown {
    if (value === null || (typeof value !== 'string' && typeof value !== 'object')) return value;
    if (column.type === 'RECORD' && isObject(value)) return this.record(column.fields ?? [], value);
    if (column.type === 'STRING' && typeof value === 'string') return this.#text(column, value);
    return findItemProblem(value, column) === undefined ? value : this.#stray(fieldsOf(column), value);
  }

  #text(column: Column, text: string): string | null {
    switch (column.contentClass) {
      case 'own-words':
        return text;
      case 'name':
        return this.#name(text);
      case 'identity':
        return this.#identity(column, text);
      case 'question':
        return this.#content([column.contentField ?? 'attributes'], text);
      default:
        return this.#content(fieldsOf(column), text);
    }
  }

  #content(fields: readonly ContentField[], text: string): string | null {
    const [first = 'attributes', ...others] = fields;
    const own = this.#policy.modeOf(first);
    const mode = others.length === 0 ? own : strictestMode([own, ...others.map((field) => this.#policy.modeOf(field))]);
    const isHashed = isHash(text) && ['hash', 'none'].includes(this.#passedMode(fields).kind);
    return this.#take(isHashed && mode.kind !== 'none' ? { text, cut: true } : this.#policy.applyMode(mode, text));
  }

  #take({ text, cut }: AppliedContent): string | null {
    this.cut ||= cut;
    return text ?? null;
  }

  #name(text: string): string | null {
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    const masked = this.#policy.mask(text).text ?? null;
    this.#names.set(text, masked);
    return masked;
  }

  /** An id in which something is found becomes its hash as a whole: one person stays one value. */
  #identity({ contentField = 'attributes', mode: columnMode }: Column, id: string): string | null {
    const mode = this.#policy.modeOf(contentField);
    const passed = this.#passed;
    const wasHashed =
      passed !== undefined && (statedMode(passed, contentField).kind !== 'full' || masksText(passed)) && isHash(id);
    if (mode.kind === 'none' && columnMode !== 'REQUIRED') return null;
    if (wasHashed) return id;
    const isLeft = mode.kind !== 'none' && mode.kind !== 'hash' && this.#policy.applyMode(mode, id).text === id;
    return isLeft ? id : this.#policy.hash(id);
  }

  #stray(fields: readonly ContentField[], value: unknown, depth = 0): unknown {
    if (typeof value === 'string') return this.#content(fields, value);
    if (typeof value !== 'object' || value === null) return value;
    if (depth >= MAX_DEPTH) return null;
    if (isArray(value)) return withoutRemoved(value, (item) => this.#stray(fields, item, depth + 1));
    const record: Record<string, unknown> = {};
    for (const [name, inner] of Object.entries(value)) this.#addStray(record, fields, name, inner, depth + 1);
    return record;
  }

  /** @returns the name under which it was added */
  #addStray(
    record: Record<string, unknown>,
    fields: readonly ContentField[],
    name: string,
    value: unknown,
    depth: number,
  ): string | undefined {
    const isName = CODE_NAME.test(name) && this.#name(name) === name;
    const key = isName ? name : this.#content(fields, name);
    // To set this one would change what the record is; it is the name of nothing.
    if (key === null || key === '__proto__') return undefined;
    record[key] = this.#stray(fields, value, depth);
    return key;
  }

  #passedMode(fields: readonly ContentField[]): ContentMode {
    const passed = this.#passed;
    return strictestMode(passed === undefined ? [] : fields.map((field) => statedMode(passed, field)));
  }
}

interface ColumnIndex {
  readonly byName: ReadonlyMap<string, Column>;
  readonly excerpts: readonly Column[];
}

/** Made once for each table and record. */
const indexOf = rememberByObject(
  (columns: readonly Column[]): ColumnIndex => ({
    byName: new Map(columns.map((column) => [column.name, column])),
    excerpts: columns.filter(({ excerptOf }) => excerptOf !== undefined),
  }),
);

export function hasColumn(columns: readonly Column[], name: string): boolean {
  return indexOf(columns).byName.has(name);
}

/** The content fields that govern a text somewhere in a column: its own, and that of texts that nobody knows. */
function fieldsOf(column: Column | undefined): ContentField[] {
  const own = column?.contentField === undefined ? [] : [column.contentField];
  return ['attributes', ...own, ...(column?.fields ?? []).flatMap(fieldsOf)];
}

/** A list holds no NULL: what is removed leaves it. */
function withoutRemoved(items: readonly unknown[], redact: (item: unknown) => unknown): readonly unknown[] {
  const redacted = items.map(redact);
  return redacted.filter((item, index) => item !== null || items[index] === null);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
