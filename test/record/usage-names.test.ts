import { describe, expect, it } from 'vitest';
import { genAiUsage } from '../../src/record/dialects/gen-ai-attributes.ts';
import { readUsageObject } from '../../src/record/reported-usage.ts';
import { USAGE_NAMES } from '../../src/record/usage-names.ts';

/** An object that has a value at a path, beside others. */
function at(path: string, value: number): Record<string, unknown> {
  const [key = '', ...rest] = path.split('.');
  return { [key]: rest.length === 0 ? value : at(rest.join('.'), value) };
}

describe.each(Object.entries(USAGE_NAMES))('names of %s', (name, { attributes, paths }) => {
  // A count of its own makes a usage of the counts that are none alone.
  const attributeBeside = name === 'total' ? {} : { 'gen_ai.usage.total_tokens': 740 };
  const pathBeside = name === 'total' ? {} : { total_tokens: 740 };

  it.each(attributes)('attribute %s', (alias) => {
    const official = genAiUsage({ ...attributeBeside, [attributes[0] ?? '']: 25 });
    expect(official).toMatchObject({ [name]: 25 });
    expect(genAiUsage({ ...attributeBeside, [alias]: 25 })).toEqual(official);
    expect(genAiUsage({ ...attributeBeside, [alias]: '25' })).toEqual(official);
    expect(genAiUsage({ ...attributeBeside, [alias]: 24, [attributes[0] ?? '']: 25 })).toEqual(official);
  });

  it.each(paths)('path %s', (alias) => {
    expect(readUsageObject({ ...pathBeside, ...at(alias, 25) })).toMatchObject({ [name]: 25 });
  });
});
