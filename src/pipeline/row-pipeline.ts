import type { Clock } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import type { SettingValues } from '../config/setting-values.ts';
import type { RowSink } from '../delivery/row-sink.ts';
import type { Backend } from '../migration/backend.ts';
import { createDualExporter } from '../migration/dual.ts';
import { type ContentPolicyConfig, createContentPolicy } from '../privacy/content-policy.ts';
import { buildRecordOfReading } from '../record/build-record.ts';
import type { ConversationRecord } from '../record/conversation-columns.ts';
import { type Enricher, enrichRecord } from '../record/enrich.ts';
import { INVOICE_AGENT_RULES } from '../record/invoice-agent-rules.ts';
import { readTurn } from '../record/read-turn.ts';
import { redactRecord } from '../record/redact-record.ts';
import { buildRuleEnrichers } from '../record/rule-enrichers.ts';
import { buildZipAmendment } from '../record/zip-amendment.ts';
import type { SpanSnapshot } from '../spans/span-snapshot.ts';
import type { Turn } from '../spans/turn.ts';
import type { TurnExporter, TurnExportResult } from '../spans/turn-exporter.ts';
import { createSink } from '../start/create-sink.ts';
import { recordGenAiMetrics } from '../traces/record-gen-ai-metrics.ts';
import { handOver } from './write-turn.ts';

export interface RowPipelineOptions {
  readonly values: SettingValues;
  readonly readBackend: () => Backend;
  /** Default: the sink that the settings name. */
  readonly sink: RowSink | undefined;
  readonly enrichers: readonly Enricher[];
  readonly content: ContentPolicyConfig;
  /** Sends a turn to the trace backend that was not sampled, where a rule wants it. @returns whether it is there */
  readonly keepTrace: (turn: Turn, record: ConversationRecord) => boolean;
  readonly diagnostics: Diagnostics;
  readonly clock: Clock;
}

/** Everything behind the turn processor. */
export interface RowPipeline {
  readonly exporter: TurnExporter;
  readonly sink: RowSink;
}

/**
 * Composes mapping, rules, content policy and sink. A module of its own, imported when the first turn begins, so that a
 * start does not pay for it.
 */
export function createRowPipeline(options: RowPipelineOptions): RowPipeline {
  const { diagnostics, clock, values } = options;
  const sink = options.sink ?? createSink(values, diagnostics, clock);
  const policy = createContentPolicy(options.content);
  const map = createMapping(options);
  const exporter = createDualExporter({
    sink,
    map,
    redact: (record) => redactRecord(record, policy),
    readBackend: options.readBackend,
    legacy: { module: values.legacyModule },
    comparison: {
      compareTokens: values.compareTokens,
      tokenDiffThreshold: values.tokenDiffThreshold,
      tokenDiffRatio: values.tokenDiffRatio,
      ignore: values.compareIgnore,
    },
    diagnostics,
    clock,
  });
  // What `legacy` and `dual` need is imported while the agent works on its first turn.
  exporter.prepare();
  return {
    sink,
    exporter: {
      async export(turn) {
        const isLegacy = options.readBackend() === 'legacy';
        const result = await exporter.export(turn);
        // Metrics and kept traces come with the span mapping, whose row a rollback has no use for.
        if (isLegacy) map(turn);
        return result;
      },
      exportSync: (turn) => exporter.exportSync(turn),
      finishSync: () => exporter.finishSync(),
      amend: (span) => writeAmendment(sink, span),
    },
  };
}

async function writeAmendment(sink: RowSink, span: SpanSnapshot): Promise<TurnExportResult> {
  const amendment = buildZipAmendment(span);
  if (amendment === undefined) return { status: 'exported' };
  const reason = await handOver(sink, [{ table: 'conversation_logs', ...amendment }]);
  return reason === undefined ? { status: 'exported' } : { status: 'failed', reason };
}

function createMapping(options: RowPipelineOptions): (turn: Turn) => ConversationRecord {
  const { values, diagnostics } = options;
  const rules = values.rules === 'invoice-agent' ? buildRuleEnrichers(INVOICE_AGENT_RULES) : [];
  const enrichers = [...rules, ...options.enrichers];
  const onProblem = (name: string, problem: string): void =>
    diagnostics.warn(`enricher-${name}`, `the enricher ${name} left its columns empty: ${problem}`);
  return (turn) => {
    const reading = readTurn(turn);
    // An amended turn has been counted.
    if (turn.recordVersion === 1) recordGenAiMetrics(reading);
    const record = buildRecordOfReading(reading, { bigqueryProject: values.project, prices: values.prices });
    const sampled = options.keepTrace(turn, record);
    return enrichRecord({ ...record, sampled }, turn, enrichers, { onProblem });
  };
}
