/** What `spanledger init` does, or would do, to one resource. */
export interface SchemaChange {
  /** For people, e.g. `table conversation_logs`. */
  readonly resource: string;
  /** `conflict`: it exists and cannot be made right by adding; left as it is. */
  readonly action: 'create' | 'add-columns' | 'replace' | 'unchanged' | 'conflict';
  /** What exactly, e.g. the names of the columns; empty where there is nothing to add. */
  readonly detail: string;
}
