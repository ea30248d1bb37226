import type { Diagnostics } from '../base/diagnostics.ts';
import { describeError } from '../base/errors.ts';
import type { RowWriter } from '../delivery/row-writer.ts';
import { CONVERSATION_LOGS, type ConversationRecord } from '../record/conversation-columns.ts';
import { readTurn } from '../record/read-turn.ts';
import type { TurnReading } from '../record/turn-reading.ts';
import { buildZipAmendment } from '../record/zip-amendment.ts';
import type { SpanSnapshot } from '../spans/span-snapshot.ts';
import type { Turn } from '../spans/turn.ts';
import type { TurnExporter, TurnExportResult } from '../spans/turn-exporter.ts';

/** A turn that was read, and what a detour may do with it. */
export interface ReadTurn {
  readonly reading: TurnReading;
  /** The span mapping's record, enriched. */
  readonly map: () => ConversationRecord;
  readonly writer: RowWriter;
}

/** Takes turns in place of the span mapping, for as long as it is asked to. No method throws. */
export interface Detour {
  /** Asked once a turn. @returns `undefined`: the turn goes the straight way */
  export(turn: ReadTurn): Promise<TurnExportResult> | undefined;
  /** As `export`, before it returns. @returns whether the turn was taken */
  exportSync(turn: ReadTurn): boolean;
  /** Hands over what turns that are under way have ready, for the process's `exit` event. */
  finishSync(): void;
  close(): void;
}

export interface TurnPipelineOptions {
  /** Tells metrics of a turn, once; amendments are not told. Must not throw. */
  readonly observe: (reading: TurnReading) => void;
  /** Sends a turn to the trace backend that was not sampled, where a rule wants it. @returns whether it is there */
  readonly keepTrace: (reading: TurnReading) => boolean;
  /** Makes the record of a reading, enriched. */
  readonly map: (reading: TurnReading, sampled: boolean) => ConversationRecord;
  readonly writer: RowWriter;
  readonly detour: Detour | undefined;
  readonly diagnostics: Diagnostics;
}

/**
 * What happens to a finished turn: read once → metrics and kept traces → mapped and enriched → redacted and handed over.
 * Nothing throws: a turn whose row cannot be made is a failed export.
 */
export class TurnPipeline implements TurnExporter {
  readonly #options: TurnPipelineOptions;

  constructor(options: TurnPipelineOptions) {
    this.#options = options;
  }

  async export(turn: Turn): Promise<TurnExportResult> {
    const { writer, detour } = this.#options;
    let settled: Promise<string | undefined>;
    try {
      const read = this.#read(turn);
      const detoured = detour?.export(read);
      if (detoured !== undefined) return detoured;
      ({ settled } = writer.write(CONVERSATION_LOGS, read.map()));
    } catch (error) {
      settled = Promise.resolve(describeError(error));
    }
    const reason = await settled;
    return reason === undefined ? { status: 'exported' } : this.#fail(reason);
  }

  exportSync(turn: Turn): void {
    const { writer, detour } = this.#options;
    try {
      const read = this.#read(turn);
      if (detour?.exportSync(read) === true) return;
      writer.write(CONVERSATION_LOGS, read.map());
    } catch (error) {
      this.#fail(describeError(error));
    }
  }

  async amend(span: SpanSnapshot): Promise<TurnExportResult> {
    const amendment = buildZipAmendment(span);
    if (amendment === undefined) return { status: 'exported' };
    const reason = await this.#options.writer.writeAll(CONVERSATION_LOGS, [amendment]);
    return reason === undefined ? { status: 'exported' } : this.#fail(reason);
  }

  finishSync(): void {
    this.#options.detour?.finishSync();
  }

  #read(turn: Turn): ReadTurn {
    const { observe, keepTrace, map, writer } = this.#options;
    const reading = readTurn(turn);
    if (turn.recordVersion === 1) observe(reading);
    const sampled = keepTrace(reading);
    return { reading, map: () => map(reading, sampled), writer };
  }

  #fail(reason: string): TurnExportResult {
    this.#options.diagnostics.warn('row-failed', `the row of a turn could not be written: ${reason}`);
    return { status: 'failed', reason };
  }
}
