import { contentMode, detectors, fieldModes, patterns } from './parse-content.ts';
import { ratios } from './parse-mapping.ts';
import { prices } from './parse-prices.ts';
import {
  bigqueryName,
  endpoint,
  flag,
  listOf,
  logLevel,
  numberIn,
  oneOf,
  type ParseValue,
  projectId,
  text,
  textList,
  timeZone,
} from './parse-value.ts';
import type { PlainType, Setting, TypedValues } from './setting.ts';

const PARSERS: { readonly [Type in PlainType]: ParseValue<TypedValues[Type]> } = {
  flag,
  text,
  list: textList,
  'project-id': projectId,
  'bigquery-name': bigqueryName,
  'log-level': logLevel,
  'time-zone': timeZone,
  endpoint: endpoint(['https:', 'http:']),
  'https-endpoint': endpoint(['https:']),
  'content-mode': contentMode,
  'field-modes': fieldModes,
  detectors,
  patterns,
  prices,
  ratios,
};

export function parserOf(setting: Setting): ParseValue<unknown> {
  switch (setting.type) {
    case 'choice':
      return oneOf(setting.allowed);
    case 'choices':
      return listOf(setting.allowed);
    case 'number':
      return numberIn(setting.range);
    default:
      return PARSERS[setting.type];
  }
}
