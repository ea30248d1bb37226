import type { LogLevel } from '../base/diagnostics.ts';
import type { ContentModeText } from '../privacy/content-mode.ts';
import type { DetectorName } from '../privacy/detectors/detector-names.ts';
import type { FieldModes } from './parse-content.ts';
import type { ModelPriceSetting } from './parse-prices.ts';
import type { NumberRange } from './parse-value.ts';

/** What a setting gives, by its type; one with words of its own, those. */
export interface TypedValues<Word = string> {
  flag: boolean;
  number: number;
  text: string;
  list: readonly string[];
  choice: Word;
  choices: readonly Word[];
  'project-id': string;
  'bigquery-name': string;
  'log-level': LogLevel;
  'time-zone': string;
  /** `https://host`, without a slash at its end. */
  endpoint: string;
  'https-endpoint': string;
  'content-mode': ContentModeText;
  'field-modes': FieldModes;
  detectors: readonly DetectorName[];
  patterns: Readonly<Record<string, string>>;
  prices: Readonly<Record<string, ModelPriceSetting>>;
  ratios: Readonly<Record<string, number>>;
}

/** Types whose name says how they are read. */
export type PlainType = Exclude<keyof TypedValues, 'choice' | 'choices' | 'number'>;

/** One setting: where it can be given, how it is read, what it is without. */
export type Setting = {
  /** Title of the group that begins with it, in a configuration file that is written. */
  readonly group?: string;
  /** Its place in the YAML file. */
  readonly key: string;
  /** Its environment variables, the first that is set counts. */
  readonly env: readonly string[];
  /** A bad value in the environment is an error as well: to ignore it would let content out. */
  readonly strict?: true;
  readonly fallback: unknown;
  /** One sentence for the README, with the unit. */
  readonly description: string;
} & (
  | { readonly type: 'choice' | 'choices'; readonly allowed: readonly string[] }
  | { readonly type: 'number'; readonly range: NumberRange }
  | { readonly type: PlainType }
);

/** What a setting gives, its default included. Conditional, so that editors show the value's type and not this name. */
export type ValueOf<S extends Setting> = S extends { readonly fallback: undefined }
  ? GivenOf<S> | undefined
  : GivenOf<S>;

type GivenOf<S extends Setting> = S extends { readonly allowed: readonly (infer Word)[] }
  ? TypedValues<Word>[S['type']]
  : TypedValues[S['type']];
