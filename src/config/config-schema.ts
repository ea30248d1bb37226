import { SECTIONS } from './file-keys.ts';
import { type JsonSchema, renderSettingSchema } from './setting-schema.ts';
import { isSetting, type SettingTree, settingTree } from './setting-tree.ts';

/**
 * JSON Schema (draft 7, which editors read) of the configuration file. Our sections know their keys; the rest of the file
 * is the application's.
 */
export function renderConfigSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Configuration of spanledger',
    ...renderTree(settingTree(), ''),
  };
}

function renderTree(tree: SettingTree, path: string): JsonSchema {
  const isOurs = SECTIONS.some((section) => path === section || path.startsWith(`${section}.`));
  const properties = [...tree].map(([name, node]): [string, JsonSchema] => [
    name,
    isSetting(node) ? renderSettingSchema(node) : renderTree(node, path === '' ? name : `${path}.${name}`),
  ]);
  return {
    type: ['object', 'null'],
    properties: Object.fromEntries(properties),
    ...(isOurs && { additionalProperties: false }),
  };
}
