import { LogLevel, setLogLevel } from '@google/adk';
import { context, trace } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterAll, afterEach, beforeAll, vi } from 'vitest';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import { AdkSpanProcessor } from '../../src/instrumentation/adk/adk-span-processor.ts';
import type { ConversationRecord } from '../../src/record/conversation-columns.ts';
import { classifySpan } from '../../src/record/dialects/classify-span.ts';
import { TurnProcessor } from '../../src/spans/turn-processor.ts';
import { recordOf } from './record-of.ts';
import { exporterTo } from './turn-exporter.ts';

/**
 * Registers a provider for the tests of a file, and empties its rows after each.
 *
 * @returns the rows of turns that were written, and the processor that writes them
 */
export function collectAdkRows(): { readonly rows: ConversationRecord[]; readonly processor: TurnProcessor } {
  const rows: ConversationRecord[] = [];
  const processor = new TurnProcessor({
    exporter: async () => exporterTo((turn) => rows.push(recordOf(turn))),
    classify: classifySpan,
    diagnostics: createDiagnostics(),
  });
  beforeAll(() => {
    setLogLevel(LogLevel.ERROR);
    new NodeTracerProvider({ spanProcessors: [new AdkSpanProcessor(), processor] }).register();
  });
  afterEach(() => {
    rows.length = 0;
    vi.unstubAllEnvs();
  });
  afterAll(() => {
    trace.disable();
    context.disable();
  });
  return { rows, processor };
}
