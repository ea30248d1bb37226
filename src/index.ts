export type { Clock, Timer } from './base/clock.ts';
export { createDiagnostics, type Diagnostics, type DiagnosticsOptions } from './base/diagnostics.ts';
export { ConfigurationError, type ConfigurationProblem, MissingPackageError } from './base/errors.ts';
export type { FieldModes } from './config/parse-content.ts';
export type { ModelPriceSetting } from './config/parse-prices.ts';
export type { ResolvedConfig, SettingSource } from './config/resolve-config.ts';
export type { SettingValues, TraceExporterName } from './config/setting-values.ts';
export type {
  FlushResult,
  LedgerEntry,
  RowSink,
  SinkStats,
  TableName,
  WriteResult,
} from './delivery/row-sink.ts';
export { type AgentTrace, type TraceAgentOptions, traceAgent } from './instrumentation/trace-agent.ts';
export {
  type ModelCallTrace,
  type ModelUsage,
  type TraceModelCallOptions,
  traceModelCall,
} from './instrumentation/trace-model-call.ts';
export { type TraceToolOptions, traceTool } from './instrumentation/trace-tool.ts';
export { turnContext } from './instrumentation/turn-context.ts';
export { type TurnContextOptions, withTurnContext } from './instrumentation/with-turn-context.ts';
export type { Backend } from './migration/backend-switch.ts'; // migration
export type { RedactionFunction } from './privacy/redactor.ts';
export type {
  ConversationRecord,
  EnrichableColumn,
  ModelCallRecord,
  ToolCallRecord,
} from './record/conversation-columns.ts';
export type { Enricher, Enrichment } from './record/enrich.ts';
export type { RedactedRow } from './record/redacted-row.ts';
export {
  buildRuleEnrichers,
  type EnrichmentRules,
  type KeywordRule,
  type QualityRule,
} from './record/rule-enrichers.ts';
export type { Attributes, AttributeValue, SpanEvent, SpanSnapshot } from './spans/span-snapshot.ts';
export type { IncompleteReason, SpanNode, Turn } from './spans/turn.ts';
export { createSpanledger, type Spanledger, type SpanledgerStats } from './start/spanledger.ts';
export { type StartedSpanledger, start } from './start/start.ts';
export type { StartOptions } from './start/start-options.ts';
