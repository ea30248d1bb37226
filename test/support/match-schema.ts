/** A validator of JSON Schema, as far as the published schema uses it; a keyword that it does not know is an error. */
export function matchesSchema(schema: unknown, value: unknown): boolean {
  if (!isRecord(schema)) throw new Error('no schema');
  return Object.entries(schema).every(([keyword, rule]) => {
    const check = KEYWORDS[keyword];
    if (check === undefined) throw new Error(`unknown keyword ${keyword}`);
    return check(rule, value, schema);
  });
}

type Check = (rule: unknown, value: unknown, schema: Readonly<Record<string, unknown>>) => boolean;

const anything: Check = () => true;

const KEYWORDS: Readonly<Record<string, Check>> = {
  $schema: anything,
  title: anything,
  description: anything,
  default: anything,
  type: (rule, value) =>
    [rule].flat().some((type) => type === typeOf(value) || (type === 'number' && typeOf(value) === 'integer')),
  enum: (rule, value) => listOf(rule).includes(value),
  anyOf: (rule, value) => listOf(rule).some((each) => matchesSchema(each, value)),
  pattern: (rule, value) => typeof value !== 'string' || new RegExp(String(rule), 'u').test(value),
  minLength: (rule, value) => typeof value !== 'string' || value.length >= Number(rule),
  minimum: (rule, value) => typeof value !== 'number' || value >= Number(rule),
  maximum: (rule, value) => typeof value !== 'number' || value <= Number(rule),
  items: (rule, value) => !Array.isArray(value) || value.every((each) => matchesSchema(rule, each)),
  required: (rule, value) => !isRecord(value) || listOf(rule).every((name) => String(name) in value),
  properties: (rule, value) =>
    !isRecord(value) ||
    !isRecord(rule) ||
    Object.entries(rule).every(([name, each]) => !(name in value) || matchesSchema(each, value[name])),
  additionalProperties: (rule, value, { properties }) =>
    !isRecord(value) ||
    Object.entries(value).every(
      ([name, each]) =>
        (isRecord(properties) && name in properties) || (isRecord(rule) ? matchesSchema(rule, each) : rule === true),
    ),
};

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('no list');
  return value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
