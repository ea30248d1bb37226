import { CONTENT_FIELDS, type ContentField } from '../privacy/content-field.ts';

/** BigQuery's column types that the tables use, by their legacy API names. */
export type ColumnType = 'STRING' | 'INTEGER' | 'FLOAT' | 'BOOLEAN' | 'TIMESTAMP' | 'DATE' | 'RECORD';

export type ColumnMode = 'REQUIRED' | 'NULLABLE' | 'REPEATED';

/**
 * Whose words a text column holds, which says what a content policy does to it.
 * - `question`: what people, models and tools said; the mode of its content field applies.
 * - `name`: what code gave names to (tools, models, agents); masked.
 * - `identity`: who asked; an id in which something is found becomes its hash as a whole.
 * - `own-words`: what this package makes itself; left as it is.
 * - `by-field`: the value of another table's column, which the row's column `field` names.
 */
export type ContentClass = 'question' | 'name' | 'identity' | 'own-words' | 'by-field';

type ModeWord = '' | ' REQUIRED' | ' REPEATED';
/** `excerpt:column`: the beginning of another column of the row, governed as that one is. */
type ContentWord = ContentClass | `question:${ContentField}` | `excerpt:${ContentField}`;
type ScalarWord = Exclude<ColumnType, 'STRING' | 'RECORD'>;

/**
 * A column as a table says it: type, mode (default `NULLABLE`), for text its class (`question:field` where the content
 * field that governs it is not called as the column is), and whether enrichers may fill it; then its description, and
 * the columns of a record. Numbers and times need no class: text in them is out of place, and treated as a question.
 */
export type ColumnSpec =
  | readonly [`${ScalarWord}${ModeWord}${'' | ' enrichable'}`, description: string]
  | readonly [`STRING${ModeWord} ${ContentWord}${'' | ' enrichable'}`, description: string]
  | readonly [`RECORD${ModeWord}`, description: string, fields: ColumnSpecs];

/** Columns by their names, in table order. */
export interface ColumnSpecs {
  readonly [name: string]: ColumnSpec;
}

export interface Column<Name extends string = string> {
  readonly name: Name;
  readonly type: ColumnType;
  readonly mode: ColumnMode;
  readonly description: string;
  /** Columns of a `RECORD`. */
  readonly fields?: readonly Column[];
  /** Of a `STRING`. */
  readonly contentClass?: ContentClass;
  /** What governs it, where that is not the default mode of the policy. */
  readonly contentField?: ContentField;
  /** The column of which it is the beginning. */
  readonly excerptOf?: string;
  readonly enrichable: boolean;
}

export interface TableDefinition {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly partitionBy: string | undefined;
  readonly clusterBy: readonly string[];
  /** What tells the rows of one turn apart, where it has several in the table. */
  readonly keyColumns?: readonly string[];
  /** The columns whose values the `by-field` columns hold. */
  readonly comparedColumns?: readonly Column[];
}

export function defineColumns<Specs extends ColumnSpecs>(specs: Specs): readonly Column<keyof Specs & string>[] {
  return Object.entries(specs).map(([name, spec]) => defineColumn(name as keyof Specs & string, spec));
}

export function defineColumn<Name extends string>(name: Name, [spec, description, fields]: ColumnSpec): Column<Name> {
  const words = spec.split(' ');
  const type = words.shift() as ColumnType;
  const mode = words[0] === 'REQUIRED' || words[0] === 'REPEATED' ? words[0] : 'NULLABLE';
  const content = words.find((word) => word !== mode && word !== 'enrichable');
  return {
    name,
    type,
    mode,
    description,
    enrichable: words.includes('enrichable'),
    ...(fields !== undefined && { fields: defineColumns(fields) }),
    ...(content !== undefined && defineContent(name, content as ContentWord)),
  };
}

function defineContent(name: string, word: ContentWord): Pick<Column, 'contentClass' | 'contentField' | 'excerptOf'> {
  const [kind, source = name] = word.split(':');
  const contentField = CONTENT_FIELDS.find((field) => field === source);
  const governed = contentField === undefined ? {} : { contentField };
  if (kind === 'excerpt') return { contentClass: 'question', excerptOf: source, ...governed };
  return { contentClass: kind as ContentClass, ...governed };
}

type ItemOf<Spec extends ColumnSpec> = Spec extends readonly [string, string, infer Fields extends ColumnSpecs]
  ? RowOf<Fields>
  : Spec[0] extends `INTEGER${string}` | `FLOAT${string}`
    ? number
    : Spec[0] extends `BOOLEAN${string}`
      ? boolean
      : string;

type ValueOf<Spec extends ColumnSpec> = Spec[0] extends `${string} REPEATED${string}`
  ? readonly ItemOf<Spec>[]
  : Spec[0] extends `${string} REQUIRED${string}`
    ? ItemOf<Spec>
    : ItemOf<Spec> | null;

/** The TypeScript type of a row of a column table: every column present, NULL where we do not know. */
export type RowOf<Specs extends ColumnSpecs> = {
  readonly [Name in keyof Specs]: ValueOf<Specs[Name]>;
};

/** The columns whose type, mode or content has a word, e.g. `REQUIRED` or `enrichable`. */
export type ColumnsWith<Word extends string, Specs extends ColumnSpecs> = {
  [Name in keyof Specs]: Specs[Name][0] extends `${string} ${Word}${'' | ` ${string}`}` ? Name : never;
}[keyof Specs];
