/**
 * Gives every entry of one archive a path of its own. Invariant: no two paths are equal where case and Unicode
 * composition do not count (Windows, macOS), and no file stands where another entry needs a folder, so that every
 * entry can be extracted. Depends on the order of the calls only.
 */
import { numberName } from './entry-name.ts';

export class NameRegistry {
  readonly #files = new Set<string>();
  /** Folder key → the path that it was given. */
  readonly #folders = new Map<string, string>();
  /** Last number given to a name, so that 70,000 equal names do not search from 2 each time. */
  readonly #numbers = new Map<string, number>();

  /** @param safeName what `parseEntryName` returned */
  register(safeName: string): string {
    const segments = safeName.split('/');
    const fileName = segments.pop() ?? '';
    let folder = '';
    for (const segment of segments) folder = this.#enterFolder(`${folder}${segment}`);
    const path = this.#findFree(`${folder}${fileName}`, (key) => this.#files.has(key) || this.#folders.has(key));
    this.#files.add(keyOf(path));
    return path;
  }

  #enterFolder(wanted: string): string {
    const key = keyOf(wanted);
    const known = this.#folders.get(key);
    if (known !== undefined) return known;
    // Another folder of the same name is welcome, only a file is in the way.
    const path = this.#findFree(wanted, (candidate) => this.#files.has(candidate));
    const given = `${path}/`;
    this.#folders.set(key, given);
    this.#folders.set(keyOf(path), given);
    return given;
  }

  #findFree(wanted: string, isTaken: (key: string) => boolean): string {
    const wantedKey = keyOf(wanted);
    if (!isTaken(wantedKey)) return wanted;
    const start = wanted.lastIndexOf('/') + 1;
    let count = this.#numbers.get(wantedKey) ?? 1;
    let path: string;
    do {
      count += 1;
      path = wanted.slice(0, start) + numberName(wanted.slice(start), count);
    } while (isTaken(keyOf(path)));
    this.#numbers.set(wantedKey, count);
    return path;
  }
}

function keyOf(path: string): string {
  return path.normalize('NFC').toUpperCase().toLowerCase();
}
