/** What the loopback server does instead of answering as documented. */
export type BigQueryFault =
  /** An error answer with the documented body. `html` sends a page instead. */
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly reason: string;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly html?: boolean;
    }
  /** The connection breaks before anything is kept. */
  | { readonly kind: 'reset-before' }
  /** The rows are kept, then the connection breaks. */
  | { readonly kind: 'reset-after' }
  /** No answer, ever. `commit` keeps the rows. */
  | { readonly kind: 'hang'; readonly commit: boolean }
  /** The right answer, its second half `delayMillis` after the first. */
  | { readonly kind: 'slow-body'; readonly delayMillis: number }
  /** A 200 that says something else. `commit` keeps the rows. */
  | { readonly kind: 'answer'; readonly body: string; readonly contentType: string; readonly commit: boolean }
  /** A 200 that refuses the rows of these indexes with `reason`, and keeps none of them. */
  | { readonly kind: 'row-errors'; readonly reason: string; readonly indexes: readonly number[] };

export interface FaultContext {
  /** E.g. `insertAll`, `tables.get`, `jobs.query`. */
  readonly operation: string;
  readonly table: string | undefined;
  readonly rowCount: number;
}

/** Chooses the fault of a request; undefined answers as documented. */
export type FaultPolicy = (context: FaultContext) => BigQueryFault | undefined;

export const HTML_PAGE: string = '<!DOCTYPE html><html><body><h1>Sign in to the network</h1></body></html>';

/** Faults for the next requests of `operation`, in order; then none. */
export function faultQueue(operation: string, faults: readonly BigQueryFault[]): FaultPolicy {
  const queue = [...faults];
  return (context) => (context.operation === operation ? queue.shift() : undefined);
}
