import type { Diagnostics } from '../base/diagnostics.ts';
import { resolveContentPolicies } from '../config/resolve-content-policies.ts';
import type { SettingValues } from '../config/setting-values.ts';
import type { RowSink } from '../delivery/row-sink.ts';
import { RowWriter } from '../delivery/row-writer.ts';
import { createContentPolicy } from '../privacy/content-policy.ts';
import type { RedactionFunction } from '../privacy/redactor.ts';
import { buildRecord } from '../record/build-record.ts';
import { type Enricher, enrichRecord } from '../record/enrich.ts';
import { INVOICE_AGENT_RULES } from '../record/invoice-agent-rules.ts';
import { buildRuleEnrichers } from '../record/rule-enrichers.ts';
import type { TurnReading } from '../record/turn-reading.ts';
import { type Detour, TurnPipeline, type TurnPipelineOptions } from './turn-pipeline.ts';

export interface PipelineOptions extends Partial<Pick<TurnPipelineOptions, 'observe' | 'keepTrace'>> {
  readonly values: SettingValues;
  readonly sink: RowSink;
  /** Run behind those of the setting `rules`. Default: none. */
  readonly enrichers?: readonly Enricher[] | undefined;
  /** Run behind the detectors of the setting `redact`. Default: none. */
  readonly redactors?: readonly RedactionFunction[] | undefined;
  readonly detour?: Detour | undefined;
  readonly diagnostics: Diagnostics;
}

/**
 * The way of every turn to its row, as the settings ask for it: the only place where mapping, rules, content policy and
 * sink are put together. A running agent, the plain exporters, `replay` and `map` all come here.
 */
export function assemblePipeline(options: PipelineOptions): TurnPipeline {
  const { values, sink, diagnostics, detour } = options;
  const policy = createContentPolicy(resolveContentPolicies(values, options.redactors).records);
  const rules = values.rules === 'invoice-agent' ? buildRuleEnrichers(INVOICE_AGENT_RULES) : [];
  const enrichers = [...rules, ...(options.enrichers ?? [])];
  const recordOptions = { bigqueryProject: values.project, prices: values.prices };
  const onProblem = (name: string, problem: string): void =>
    diagnostics.warn(`enricher-${name}`, `the enricher ${name} left its columns empty: ${problem}`);
  return new TurnPipeline({
    observe: options.observe ?? (() => undefined),
    keepTrace: options.keepTrace ?? isSampled,
    map(reading, sampled) {
      const record = { ...buildRecord(reading, recordOptions), sampled };
      return enrichRecord(record, reading.turn, enrichers, onProblem);
    },
    writer: new RowWriter(sink, policy),
    detour,
    diagnostics,
  });
}

function isSampled({ turn }: TurnReading): boolean {
  return turn.roots[0].span.sampled;
}
