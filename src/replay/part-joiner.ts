/**
 * Brings the numbered parts of large records together again. Parts arrive in any order, some twice. Bounded: beyond the bound
 * the record that has waited longest is given up, and counted with those whose parts never came.
 */
import type { FallbackContent } from '../delivery/fallback-entry.ts';

const MAX_HELD_LENGTH = 256 * 1024 * 1024;

interface Joining {
  readonly parts: number;
  readonly texts: Map<number, string>;
}

export class PartJoiner {
  /** Records given up. */
  incomplete = 0;
  readonly #joining: Map<string, Joining> = new Map();
  #heldLength = 0;

  /** The record's JSON text once its last missing part is added. */
  add(id: string, { part, parts, text }: Extract<FallbackContent['body'], { kind: 'part' }>): string | undefined {
    const joining = this.#joining.get(id) ?? { parts, texts: new Map<number, string>() };
    this.#joining.set(id, joining);
    if (!joining.texts.has(part)) this.#heldLength += text.length;
    joining.texts.set(part, text);
    if (joining.texts.size === joining.parts) {
      this.#remove(id);
      return Array.from({ length: parts }, (_, index) => joining.texts.get(index + 1) ?? '').join('');
    }
    for (const [oldest] of this.#joining) {
      if (this.#heldLength <= MAX_HELD_LENGTH) break;
      this.#remove(oldest);
      this.incomplete += 1;
    }
    return undefined;
  }

  /** No more parts come. */
  end(): void {
    this.incomplete += this.#joining.size;
    this.#joining.clear();
  }

  #remove(id: string): void {
    for (const text of this.#joining.get(id)?.texts.values() ?? []) this.#heldLength -= text.length;
    this.#joining.delete(id);
  }
}
