import { diag, type Span, trace } from '@opentelemetry/api';
import { describeError } from '../../base/errors.ts';

/** Adds to the span that is active while ADK calls a hook. Never throws into the agent. */
export function describeActiveSpan(describe: (active: Span) => void): undefined {
  try {
    const active = trace.getActiveSpan();
    if (active?.isRecording() === true) describe(active);
  } catch (error) {
    diag.warn(`spanledger: a hook of ADK left something out: ${describeError(error)}`);
  }
}
