import type { Setting } from './setting.ts';
import { SETTINGS } from './settings.ts';

/** The settings as they are nested in the file, in the order of the table. */
export type SettingTree = ReadonlyMap<string, Setting | SettingTree>;

export function settingTree(): SettingTree {
  return growTree(Object.values(SETTINGS).map((setting) => ({ path: setting.key.split('.'), setting })));
}

export function isSetting(node: Setting | SettingTree): node is Setting {
  return 'key' in node;
}

interface Leaf {
  readonly path: readonly string[];
  readonly setting: Setting;
}

function growTree(leaves: readonly Leaf[]): SettingTree {
  const byName = Map.groupBy(leaves, ({ path: [name = ''] }) => name);
  return new Map(
    [...byName].map(([name, below]): [string, Setting | SettingTree] => {
      const [first] = below;
      if (first !== undefined && first.path.length === 1) return [name, first.setting];
      return [name, growTree(below.map(({ path, setting }) => ({ path: path.slice(1), setting })))];
    }),
  );
}
