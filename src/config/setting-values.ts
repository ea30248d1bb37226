import type { ValueOf } from './setting.ts';
import type { SettingTable } from './settings.ts';

/** The value of every setting. What each means, its default and its range: the README's table, or `SETTINGS`. */
export type SettingValues = { readonly [Name in keyof SettingTable]: ValueOf<SettingTable[Name]> };

export type TraceExporterName = SettingValues['traceExporters'][number];

/** Settings as code gives them: any of them, and `undefined` is the same as not given. */
export type SettingOptions = { readonly [Name in keyof SettingValues]?: SettingValues[Name] | undefined };
