/**
 * The folder of the outbox: `outbox-0.db`, `outbox-1.db`, … Each process writes to the first file that it can lock and keeps
 * the lock while it lives, so processes never wait for each other; the files of the dead can be locked too, and are adopted.
 * Files are never deleted or renamed, because a process may be waiting for one: an emptied file is the next process's.
 * A damaged file is marked by a file `….damaged` beside it and left for people to look at.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import { describeError } from '../base/errors.ts';
import { closeQuietly } from '../base/open-sqlite.ts';
import type { OutboxConfig } from './delivery-config.ts';
import { openOutboxDatabase } from './outbox-database.ts';
import { OutboxFile } from './outbox-file.ts';
import type { PendingRow } from './row-store.ts';

/** Processes that can share a folder. */
const MAX_SLOTS = 256;
const SALVAGE_BATCH = 128;
export const OUTBOX_FILE_NAME: RegExp = /^outbox-(\d{1,3})\.db$/;

export interface OutboxDirectoryOptions {
  readonly config: OutboxConfig;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Rows that cannot be read back. */
  readonly onLoss: (rows: number) => void;
  /** Rows that an earlier process left. */
  readonly onAdopt: (rows: number) => void;
}

export class OutboxDirectory {
  readonly #options: OutboxDirectoryOptions;
  readonly #files: Map<number, OutboxFile> = new Map();
  #own: OutboxFile | undefined;
  #failedAtMonotonic: number | undefined;

  constructor(options: OutboxDirectoryOptions) {
    this.#options = options;
  }

  /** Whether the folder holds files that a process may have left rows in. */
  hasFiles(): boolean {
    return this.#slotsOnDisk().length > 0;
  }

  /** The file that this process writes to; undefined where the disk cannot be used now. */
  own(): OutboxFile | undefined {
    if (this.#own?.damaged === false) return this.#own;
    const now = this.#options.clock.monotonic();
    // A disk that refused is asked again once a second, not for each row.
    if (this.#failedAtMonotonic !== undefined && now - this.#failedAtMonotonic < 1_000) return undefined;
    this.#failedAtMonotonic = now;
    for (let slot = 0; slot < MAX_SLOTS; slot++) {
      if (this.#files.has(slot)) continue;
      const opened = this.#open(slot);
      if (opened === 'skip') continue;
      if (opened === 'unusable') return undefined;
      this.#own = opened;
      this.#failedAtMonotonic = undefined;
      return opened;
    }
    this.#warn(
      'outbox-unavailable',
      `Outbox ${this.#options.config.directory}: ${MAX_SLOTS} processes use it; rows are held in memory`,
    );
    return undefined;
  }

  /** Every file that this process holds, its own first. */
  files(): readonly OutboxFile[] {
    const others = [...this.#files.values()].filter((file) => file !== this.#own);
    return this.#own === undefined ? others : [this.#own, ...others];
  }

  /** Opens its own file, takes over those of dead processes, and lets go of those that are empty. */
  adopt(): void {
    this.own();
    for (const [slot, file] of this.#files) {
      if (file !== this.#own && file.counts.rowCount === 0 && file.isIdle) this.#letGo(slot, file);
    }
    for (const slot of this.#slotsOnDisk()) {
      if (this.#files.has(slot)) continue;
      const opened = this.#open(slot);
      if (typeof opened !== 'string' && opened.counts.rowCount === 0) this.#letGo(slot, opened);
    }
  }

  /** Moves what can be read out of damaged files that nobody uses, and marks them. */
  salvage(): void {
    for (const [slot, file] of this.#files) {
      if (!file.damaged || !file.isIdle || this.own() === undefined) continue;
      const expected = file.counts.rowCount;
      this.#files.delete(slot);
      if (this.#own === file) this.#own = undefined;
      const saved = this.#moveSurvivors(file);
      this.#markDamaged(slot, `${saved} of ${expected} rows were saved`);
      file.close();
      // A file damaged before it was counted may give more than was known.
      if (saved < expected) this.#options.onLoss(expected - saved);
      else if (saved > expected) this.#options.onAdopt(saved - expected);
    }
  }

  close(): void {
    for (const file of this.#files.values()) file.close();
  }

  #moveSurvivors(file: OutboxFile): number {
    const target = this.own();
    if (target === undefined) return 0;
    let saved = 0;
    let batch: PendingRow[] = [];
    const move = (): void => {
      const result = target.append(batch);
      if (result.status === 'held') saved += batch.length - result.duplicates.size;
      batch = [];
    };
    for (const row of file.readSurvivors()) {
      batch.push(row);
      if (batch.length >= SALVAGE_BATCH) move();
    }
    if (batch.length > 0) move();
    return saved;
  }

  #open(slot: number): OutboxFile | 'skip' | 'unusable' {
    const path = this.#path(slot);
    if (existsSync(`${path}.damaged`)) return 'skip';
    const opened = openOutboxDatabase(path, this.#options.config.durability);
    if (opened.status === 'busy') return 'skip';
    if (opened.status === 'damaged') {
      this.#markDamaged(slot, opened.reason);
      return 'skip';
    }
    if (opened.status === 'unusable') {
      this.#warn('outbox-unavailable', `Outbox: ${opened.reason}; rows are held in memory`);
      return 'unusable';
    }
    try {
      const file = new OutboxFile({ ...this.#options, path, database: opened.database });
      this.#files.set(slot, file);
      if (file.counts.rowCount > 0) this.#options.onAdopt(file.counts.rowCount);
      return file.damaged ? 'skip' : file;
    } catch (error) {
      closeQuietly(opened.database);
      this.#markDamaged(slot, describeError(error));
      return 'skip';
    }
  }

  #letGo(slot: number, file: OutboxFile): void {
    this.#files.delete(slot);
    file.close();
  }

  #markDamaged(slot: number, detail: string): void {
    const path = this.#path(slot);
    try {
      writeFileSync(`${path}.damaged`, `${detail}\n`);
    } catch {
      // The next process finds the damage again.
    }
    this.#warn('outbox-damaged', `Outbox ${path} is damaged and left as it is: ${detail}`);
  }

  #slotsOnDisk(): number[] {
    try {
      return readdirSync(this.#options.config.directory)
        .map((name) => OUTBOX_FILE_NAME.exec(name)?.[1])
        .filter((slot) => slot !== undefined)
        .map(Number);
    } catch {
      return [];
    }
  }

  #path(slot: number): string {
    return join(this.#options.config.directory, `outbox-${slot}.db`);
  }

  #warn(code: string, message: string): void {
    this.#options.diagnostics.warn(code, message);
  }
}
