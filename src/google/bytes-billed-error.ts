import { describeError } from '../base/errors.ts';
import { isArray, property } from '../base/json-value.ts';

const GIGABYTE = 1_000_000_000;

/** A query that BigQuery did not run, because it would have been billed for more bytes than it may. Nothing was billed. */
export class BytesBilledError extends Error {
  override readonly name = 'BytesBilledError';

  /** @returns undefined for an error of another kind */
  static of(error: unknown, maxBytesBilled: number): BytesBilledError | undefined {
    const errors = property(error, 'errors');
    const reasons = isArray(errors) ? errors.map((each) => property(each, 'reason')) : [];
    if (!reasons.includes('bytesBilledLimitExceeded')) return undefined;
    const needed = Number(/(\d+) or higher required/.exec(describeError(error))?.[1] ?? maxBytesBilled + 1);
    const enough = `--max-bytes ${Math.ceil(needed / GIGABYTE)}GB`;
    return new BytesBilledError(
      `the query would read ${needed} bytes, and may read ${maxBytesBilled}: ${enough} lets it, a shorter period needs less`,
      { cause: error },
    );
  }
}
