import { isObject } from '../base/json-value.ts';
import { namesBelow, SECTIONS } from './file-keys.ts';
import { isNear } from './nearest-name.ts';

const PLACES = ['analytics', ...SECTIONS];

/**
 * Mappings of the file that would be ours but for a slip in their name or a wrong place, so that nobody reads them. The
 * file is the application's too: told is only what nearly has our name and holds one of our names.
 *
 * @returns one sentence each
 */
export function findNearMisses(document: unknown): readonly string[] {
  if (!isObject(document)) return [];
  return [...findIn(document, ''), ...(isObject(document.analytics) ? findIn(document.analytics, 'analytics.') : [])];
}

function findIn(mapping: Readonly<Record<string, unknown>>, prefix: string): string[] {
  return Object.entries(mapping).flatMap(([name, value]) => {
    const key = `${prefix}${name}`;
    if (PLACES.includes(key) || !isObject(value)) return [];
    const meant = PLACES.find((place) => isNear(name, place.slice(place.lastIndexOf('.') + 1)) && holds(value, place));
    return meant === undefined ? [] : [`${key} is read by nobody; did you mean ${meant}?`];
  });
}

function holds(mapping: Readonly<Record<string, unknown>>, place: string): boolean {
  const names = namesBelow(place);
  return Object.keys(mapping).some((each) => names.some((name) => isNear(each, name)));
}
