import { createDualExporter } from '../exporters/dual.ts';
import type { Clock } from './clock.ts';
import type { Backend } from './config/backend.ts';
import type { SettingValues } from './config/setting-values.ts';
import { createSink } from './create-sink.ts';
import type { Diagnostics } from './diagnostics.ts';
import { buildRecord } from './record/build-record.ts';
import type { ConversationRecord } from './record/conversation-columns.ts';
import type { RecordSink } from './sinks/record-sink.ts';
import type { Turn } from './span-tree/turn.ts';
import type { TurnExporter } from './span-tree/turn-exporter.ts';

export interface RowPipelineOptions {
  readonly values: SettingValues;
  readonly readBackend: () => Backend;
  /** Default: the sink that the settings name. */
  readonly sink: RecordSink | undefined;
  readonly diagnostics: Diagnostics;
  readonly clock: Clock;
}

/** Everything behind the turn processor. */
export interface RowPipeline {
  readonly exporter: TurnExporter;
  readonly sink: RecordSink;
}

/**
 * Composes mapping, rules, content policy and sink. A module of its own, imported when the first turn begins, so that a
 * start does not pay for it.
 */
export function createRowPipeline(options: RowPipelineOptions): RowPipeline {
  const { diagnostics, clock, values, readBackend } = options;
  const sink = options.sink ?? createSink(values, diagnostics, clock);
  const map = (turn: Turn): ConversationRecord => buildRecord(turn, { bigqueryProject: values.project });
  return { sink, exporter: createDualExporter({ sink, map, diagnostics, clock, readBackend }) };
}
