import type { Setting } from './setting.ts';
import { CONTENT_SETTINGS } from './settings/content.ts';
import { DELIVERY_SETTINGS } from './settings/delivery.ts';
import { MIGRATION_SETTINGS } from './settings/migration.ts'; // migration
import { RECORD_SETTINGS } from './settings/record.ts';
import { STORE_SETTINGS } from './settings/store.ts';
import { TRACES_SETTINGS } from './settings/traces.ts';
import { TRACKING_SETTINGS } from './settings/tracking.ts';
import { TURN_SETTINGS } from './settings/turn.ts';

export type SettingTable = typeof TRACKING_SETTINGS &
  typeof MIGRATION_SETTINGS & // migration
  typeof STORE_SETTINGS &
  typeof TURN_SETTINGS &
  typeof DELIVERY_SETTINGS &
  typeof RECORD_SETTINGS &
  typeof CONTENT_SETTINGS &
  typeof TRACES_SETTINGS;

/**
 * Every setting that code, the environment or the file can give: the only list of them. The README's table and
 * `spanledger doctor` are made from it, and so are the types.
 */
export const SETTINGS: { readonly [Name in keyof SettingTable]: Setting } = {
  ...TRACKING_SETTINGS,
  ...MIGRATION_SETTINGS, // migration
  ...STORE_SETTINGS,
  ...TURN_SETTINGS,
  ...DELIVERY_SETTINGS,
  ...RECORD_SETTINGS,
  ...CONTENT_SETTINGS,
  ...TRACES_SETTINGS,
};
