/** BigQuery's column types that the tables use, by their legacy API names. */
export type ColumnType = 'STRING' | 'INTEGER' | 'FLOAT' | 'BOOLEAN' | 'TIMESTAMP' | 'DATE' | 'RECORD';

export type ColumnMode = 'REQUIRED' | 'NULLABLE' | 'REPEATED';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly mode: ColumnMode;
  readonly description: string;
  /** Columns of a `RECORD`. */
  readonly fields?: readonly Column[];
}

export interface TableDefinition {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly partitionBy: string | undefined;
  readonly clusterBy: readonly string[];
}

type ScalarOf<T extends ColumnType> = T extends 'INTEGER' | 'FLOAT' ? number : T extends 'BOOLEAN' ? boolean : string;

type ItemOf<C extends Column> = C extends {
  readonly type: 'RECORD';
  readonly fields: infer F extends readonly Column[];
}
  ? RowOf<F>
  : ScalarOf<C['type']>;

type ValueOf<C extends Column> = C['mode'] extends 'REPEATED'
  ? readonly ItemOf<C>[]
  : C['mode'] extends 'REQUIRED'
    ? ItemOf<C>
    : ItemOf<C> | null;

/** The TypeScript type of a row of a column table: every column present, NULL where we do not know. */
export type RowOf<Columns extends readonly Column[]> = {
  readonly [C in Columns[number] as C['name']]: ValueOf<C>;
};
