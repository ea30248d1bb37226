export { ConfigurationError, MissingPackageError } from './errors.ts';
export {
  type AgentTrace,
  type TraceAgentOptions,
  traceAgent,
} from './instrumentation/trace-agent.ts';
export {
  type ModelCallTrace,
  type ModelUsage,
  type TraceModelCallOptions,
  traceModelCall,
} from './instrumentation/trace-model-call.ts';
export { type TraceToolOptions, traceTool } from './instrumentation/trace-tool.ts';
export { turnContext } from './instrumentation/turn-context.ts';
export { createSpanledger, type Spanledger, type SpanledgerStats } from './spanledger.ts';
export { type StartedSpanledger, start } from './start.ts';
export type { StartOptions } from './start-options.ts';
