/**
 * What `jobs.query` accepts of named parameters and of `maximumBytesBilled`. Stricter than the service where its
 * behaviour is not documented: a parameter that the query does not name is refused as well.
 */
export interface QueryProblem {
  readonly reason: 'invalidQuery' | 'invalid' | 'bytesBilledLimitExceeded';
  readonly message: string;
}

interface QueryParameter {
  readonly name?: unknown;
  readonly parameterType?: { readonly type?: unknown };
  readonly parameterValue?: { readonly value?: unknown; readonly arrayValues?: readonly { readonly value: unknown }[] };
}

type QueryBody = Readonly<Record<string, unknown>>;

/** Text that each type takes; a NULL needs none. */
const TYPES: Readonly<Record<string, RegExp>> = {
  STRING: /(?:)/,
  INT64: /^-?\d{1,19}$/,
  FLOAT64: /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i,
  BOOL: /^(?:true|false)$/,
  DATE: /^\d{4}-\d\d-\d\d$/,
  TIMESTAMP: /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d| UTC)$/,
};

/** What is wrong with the parameters of a query, or undefined. */
export function findParameterProblem(body: QueryBody): QueryProblem | undefined {
  const parameters = parametersOf(body);
  if (parameters.length > 0 && body.parameterMode !== 'named' && body.parameterMode !== 'NAMED') {
    return { reason: 'invalid', message: `Invalid parameter mode: ${String(body.parameterMode)}` };
  }
  // Texts, names and comments name none.
  const code = String(body.query ?? '').replace(/'[^']*'|"[^"]*"|`[^`]*`|--.*$/gm, ' ');
  const named = new Set([...code.matchAll(/@(\w+)/g)].map(([, name = '']) => name));
  const given = new Set(parameters.map(({ name }) => String(name)));
  const missing = [...named].find((name) => !given.has(name));
  if (missing !== undefined) return { reason: 'invalidQuery', message: `Query parameter '${missing}' not found` };
  const unused = [...given].find((name) => !named.has(name));
  if (unused !== undefined) return { reason: 'invalidQuery', message: `Query parameter '${unused}' is not used` };
  for (const { name, parameterType, parameterValue } of parameters) {
    const type = String(parameterType?.type);
    const value = parameterValue?.value;
    if (type === 'ARRAY') continue;
    const takes = TYPES[type];
    if (takes === undefined) return { reason: 'invalid', message: `Invalid type of parameter '${name}': ${type}` };
    if (value !== null && (value === undefined || !takes.test(String(value)))) {
      return { reason: 'invalid', message: `Invalid value for type: ${type} is not a valid value (${String(value)})` };
    }
  }
  return undefined;
}

/** Whether a query that reads so many bytes may run. What it is billed for begins at 10 MB, by the megabyte. */
export function findBytesProblem(body: QueryBody, bytesRead: number): QueryProblem | undefined {
  const { maximumBytesBilled: most } = body;
  if (most === undefined) return undefined;
  if (typeof most !== 'string' || !/^[1-9]\d{0,18}$/.test(most)) {
    return { reason: 'invalid', message: `Invalid value for maximumBytesBilled: ${String(most)}` };
  }
  const billed = bytesRead === 0 ? 0 : Math.max(10, Math.ceil(bytesRead / 2 ** 20)) * 2 ** 20;
  if (billed <= Number(most)) return undefined;
  const message = `Query exceeded limit for bytes billed: ${most}. ${billed} or higher required.`;
  return { reason: 'bytesBilledLimitExceeded', message };
}

/** Values by name, as text; NULL as null. */
export function readParameters(body: QueryBody): Record<string, unknown> {
  return Object.fromEntries(
    parametersOf(body).map(({ name, parameterValue }, index) => [
      String(name ?? index),
      parameterValue?.value ?? parameterValue?.arrayValues?.map(({ value }) => value) ?? null,
    ]),
  );
}

function parametersOf({ queryParameters }: QueryBody): readonly QueryParameter[] {
  return Array.isArray(queryParameters) ? queryParameters : [];
}
