import { CONTENT_FIELDS, type ContentField } from '../privacy/content-field.ts';
import { CONTENT_MODES_ALLOWED, type ContentModeText, parseContentMode } from '../privacy/content-mode.ts';
import {
  CREDENTIAL_DETECTORS,
  DETECTOR_NAMES,
  type DetectorName,
  PERSONAL_DATA_DETECTORS,
} from '../privacy/detectors/detector-names.ts';
import { mappingOf } from './parse-mapping.ts';
import { InvalidValue, listOf, type ParseValue } from './parse-value.ts';

/** Modes of single fields, as they are written. */
export type FieldModes = Readonly<Partial<Record<ContentField, ContentModeText>>>;

export const contentMode: ParseValue<ContentModeText> = (value) =>
  isMode(value) ? value : new InvalidValue(value, CONTENT_MODES_ALLOWED);

export const fieldModes: ParseValue<FieldModes> = mappingOf(
  (mode, field): mode is ContentModeText => isMode(mode) && isField(field),
  `a mapping of ${CONTENT_FIELDS.join(', ')} to ${CONTENT_MODES_ALLOWED}`,
);

export const patterns: ParseValue<Readonly<Record<string, string>>> = mappingOf(
  (pattern): pattern is string => typeof pattern === 'string' && isPattern(pattern),
  'a mapping of names to regular expressions',
);

export const DETECTOR_GROUPS: Readonly<Record<string, readonly DetectorName[]>> = {
  all: DETECTOR_NAMES,
  credentials: CREDENTIAL_DETECTORS,
  personal_data: PERSONAL_DATA_DETECTORS,
};

/** Detectors by their names, or by those of their groups. */
export const detectors: ParseValue<readonly DetectorName[]> = (value) => {
  const chosen = listOf([...DETECTOR_NAMES, ...Object.keys(DETECTOR_GROUPS)])(value);
  if (chosen instanceof InvalidValue) return chosen;
  return DETECTOR_NAMES.filter((name) => chosen.some((each) => each === name || DETECTOR_GROUPS[each]?.includes(name)));
};

function isMode(value: unknown): value is ContentModeText {
  return typeof value === 'string' && parseContentMode(value) !== undefined;
}

function isField(name: string): name is ContentField {
  return CONTENT_FIELDS.some((field) => field === name);
}

function isPattern(source: string): boolean {
  try {
    new RegExp(source, 'gu');
    return source !== '';
  } catch {
    return false;
  }
}
