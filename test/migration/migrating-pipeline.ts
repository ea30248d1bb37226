import { type Clock, systemClock } from '../../src/base/clock.ts';
import { createDiagnostics, type Diagnostics } from '../../src/base/diagnostics.ts';
import { resolveConfig } from '../../src/config/resolve-config.ts';
import type { SettingValues } from '../../src/config/setting-values.ts';
import type { RowSink } from '../../src/delivery/row-sink.ts';
import { RowWriter } from '../../src/delivery/row-writer.ts';
import type { Backend } from '../../src/migration/backend-switch.ts';
import { MigrationMode } from '../../src/migration/migration-mode.ts';
import { TurnPipeline, type TurnPipelineOptions } from '../../src/pipeline/turn-pipeline.ts';
import { type ContentPolicy, createContentPolicy } from '../../src/privacy/content-policy.ts';
import { CONVERSATION_LOGS, type ConversationRecord } from '../../src/record/conversation-columns.ts';
import { redactRow } from '../../src/record/redacted-row.ts';
import { mapWithRules } from './map-with-rules.ts';

/** Keeps everything, as the default of the settings does. */
export const KEEPING_POLICY: ContentPolicy = createContentPolicy({
  default: { kind: 'full' },
  fields: new Map(),
  redaction: { detectors: [], patterns: [], functions: [] },
  hashKey: undefined,
});

export interface MigratingPipelineOptions {
  readonly sink: RowSink;
  readonly backend: Backend | (() => Backend);
  /** Default: the span mapping with the rules of the old tracker. */
  readonly map?: TurnPipelineOptions['map'];
  /** Default: nothing. */
  readonly observe?: TurnPipelineOptions['observe'];
  readonly policy?: ContentPolicy;
  readonly settings?: Partial<SettingValues>;
  readonly baseDirectory?: string;
  readonly diagnostics?: Diagnostics;
  readonly clock?: Clock;
}

/** The pipeline of a migration, with what a test wants otherwise. */
export function migratingPipeline(options: MigratingPipelineOptions): TurnPipeline {
  const { sink, backend, baseDirectory, clock = systemClock } = options;
  const { values } = resolveConfig({ settings: options.settings ?? {}, configFile: false, env: {} });
  const diagnostics = options.diagnostics ?? createDiagnostics({ write: () => undefined });
  const current = typeof backend === 'function' ? backend : (): Backend => backend;
  return new TurnPipeline({
    observe: options.observe ?? (() => undefined),
    keepTrace: () => true,
    map: options.map ?? (({ turn }) => mapWithRules(turn)),
    writer: new RowWriter(sink, options.policy ?? KEEPING_POLICY),
    detour: new MigrationMode({
      backend: { current, close: () => undefined },
      values,
      ...(baseDirectory !== undefined && { baseDirectory }),
      diagnostics,
      clock,
    }),
    diagnostics,
  });
}

/** A record as a sink gets it where everything is kept, as JSON text. */
export function storedJson(record: ConversationRecord): string {
  return JSON.stringify(redactRow(CONVERSATION_LOGS, record, KEEPING_POLICY));
}
