import { parserOf } from './parse-setting.ts';
import { InvalidValue } from './parse-value.ts';
import type { Setting } from './setting.ts';
import { isSetting, type SettingTree, settingTree } from './setting-tree.ts';

const LINE_WIDTH = 110;

/**
 * A configuration file with every setting: what it means, its default and what is allowed. Those that are chosen are set,
 * the others stand in comments, so that the file says what the defaults say.
 *
 * @param chosen values by the setting's key
 * @param schema where an editor finds the JSON Schema, from the file
 */
export function renderConfigFile(chosen: ReadonlyMap<string, unknown>, schema: string): string {
  const head = [
    `# yaml-language-server: $schema=${schema}`,
    '# Settings of spanledger. Names right behind a # are not set: what stands there is the default.',
    `# \${VARIABLE} and \${VARIABLE:-default} are replaced. The environment wins over this file, and code over both.`,
  ];
  return [...head, ...renderTree(settingTree(), '', chosen)].map((line) => `${line.trimEnd()}\n`).join('');
}

function* renderTree(tree: SettingTree, indent: string, chosen: ReadonlyMap<string, unknown>): Generator<string> {
  for (const [name, node] of tree) {
    if (isSetting(node)) {
      yield* renderSetting(name, node, chosen).map((line) => (line === '' ? '' : `${indent}${line}`));
    } else {
      yield* ['', `${indent}${name}:`];
      yield* renderTree(node, `${indent}  `, chosen);
    }
  }
}

function renderSetting(name: string, setting: Setting, chosen: ReadonlyMap<string, unknown>): readonly string[] {
  const { key, group, description, env } = setting;
  const isChosen = chosen.has(key);
  const value = renderValue(isChosen ? chosen.get(key) : setting.fallback);
  const facts = [
    ...(setting.fallback === undefined ? [] : [`Default: ${renderValue(setting.fallback)}.`]),
    `Allowed: ${allowedOf(setting)}.`,
    ...(env.length === 0 ? [] : [`Environment: ${env.join(', ')}.`]),
  ];
  return [
    ...(group === undefined ? [] : ['', `# ---- ${group} ----`]),
    '',
    ...[description, facts.join(' ')].flatMap(wrap),
    `${isChosen ? '' : '#'}${name}: ${value}`,
  ];
}

/** Flow style of YAML, which is JSON but for plain words. */
function renderValue(value: unknown): string {
  if (value === undefined) return '';
  const isPlain =
    typeof value === 'string' &&
    /^[A-Za-z][\w./()-]*$/.test(value) &&
    !/^(?:true|false|null|yes|no|on|off)$/i.test(value);
  return isPlain ? value : JSON.stringify(value);
}

/** What every parser says of nothing. */
function allowedOf(setting: Setting): string {
  const parsed = parserOf(setting)(undefined);
  return parsed instanceof InvalidValue ? parsed.allowed : '';
}

function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + word.length < LINE_WIDTH) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(`# ${word}`);
  }
  return lines;
}
