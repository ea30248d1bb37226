import { LOG_LEVELS } from '../base/diagnostics.ts';
import { CONTENT_FIELDS } from '../privacy/content-field.ts';
import { DETECTOR_NAMES } from '../privacy/detectors/detector-names.ts';
import { DETECTOR_GROUPS } from './parse-content.ts';
import { OPTIONAL_PRICES, REQUIRED_PRICES } from './parse-prices.ts';
import { BIGQUERY_NAME, PROJECT_ID } from './parse-value.ts';
import type { PlainType, Setting } from './setting.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

const TEXT = { type: 'string', minLength: 1 };
const MODE = { type: 'string', pattern: '^(?:full|hash|none|truncate\\(\\s{0,4}\\d{1,9}\\s{0,4}\\))$' };
const USD = { type: 'number', minimum: 0 };

const SCHEMAS: Readonly<Record<PlainType, JsonSchema>> = {
  flag: { type: 'boolean' },
  text: TEXT,
  list: { type: ['array', 'string'], items: { type: 'string' } },
  'project-id': { type: 'string', pattern: PROJECT_ID.source },
  'bigquery-name': { type: 'string', pattern: BIGQUERY_NAME.source },
  'log-level': { enum: LOG_LEVELS },
  'time-zone': TEXT,
  endpoint: TEXT,
  'https-endpoint': { type: 'string', pattern: '^(?!http:)' },
  'content-mode': MODE,
  'field-modes': mappingOf(Object.fromEntries(CONTENT_FIELDS.map((field) => [field, MODE]))),
  detectors: oneOrMore([...DETECTOR_NAMES, ...Object.keys(DETECTOR_GROUPS)]),
  patterns: { type: 'object', additionalProperties: TEXT },
  prices: {
    type: 'object',
    additionalProperties: {
      ...mappingOf(Object.fromEntries([...REQUIRED_PRICES, ...OPTIONAL_PRICES].map((name) => [name, USD]))),
      required: REQUIRED_PRICES,
    },
  },
  ratios: { type: 'object', additionalProperties: { type: 'number', minimum: 0, maximum: 1 } },
};

/**
 * What a setting may be in the file, as editors are told: its value, a reference to a variable, or nothing. Numbers and
 * flags that are written as text are read as well, and not suggested.
 */
export function renderSettingSchema(setting: Setting): JsonSchema {
  return {
    description: setting.description,
    ...(setting.fallback !== undefined && { default: setting.fallback }),
    anyOf: [schemaOf(setting), { type: 'string', pattern: '\\$\\{[A-Za-z_]\\w*(?::-[^}]*)?\\}' }, { type: 'null' }],
  };
}

function schemaOf(setting: Setting): JsonSchema {
  switch (setting.type) {
    case 'choice':
      return { enum: setting.allowed };
    case 'choices':
      return oneOrMore(setting.allowed);
    case 'number': {
      const { min: minimum, max: maximum, whole = false } = setting.range;
      return { type: whole ? 'integer' : 'number', minimum, maximum };
    }
    default:
      return SCHEMAS[setting.type];
  }
}

function mappingOf(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties, additionalProperties: false };
}

/** A list, or one text with commas. */
function oneOrMore(words: readonly string[]): JsonSchema {
  const word = `(?:${words.join('|')})`;
  return {
    anyOf: [
      { type: 'array', items: { enum: words } },
      { enum: words },
      { type: 'string', pattern: `^\\s*${word}\\s*(?:,\\s*${word}\\s*)*$` },
    ],
  };
}
