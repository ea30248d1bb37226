import type { SpanSnapshot } from '../../spans/span-snapshot.ts';
import type { ClassifySpan } from '../../spans/turn.ts';
import { isZip } from '../read-zip.ts';
import { AI_SDK } from './ai-sdk.ts';
import { AI_SDK_7 } from './ai-sdk-7.ts';
import { completeReading, type Dialect, type SpanKind, type SpanReading } from './dialect.ts';
import { GEN_AI, GEN_AI_OLD } from './gen-ai.ts';
import { GENKIT } from './genkit.ts';
import { GOOGLE_ADK } from './google-adk.ts';
import { LANGFUSE } from './langfuse.ts';
import { LANGSMITH } from './langsmith.ts';
import { MASTRA } from './mastra.ts';
import { OPENINFERENCE } from './openinference.ts';
import { OPENLIT } from './openlit.ts';
import { OPENLLMETRY } from './openllmetry.ts';
import { SENTRY } from './sentry.ts';
import { VOLTAGENT } from './voltagent.ts';

/** In order of recognition: the first that knows a span reads it; the general conventions come last. */
const DIALECTS: readonly Dialect[] = [
  GOOGLE_ADK,
  AI_SDK,
  AI_SDK_7,
  OPENINFERENCE,
  LANGFUSE,
  LANGSMITH,
  MASTRA,
  SENTRY,
  OPENLLMETRY,
  OPENLIT,
  VOLTAGENT,
  GENKIT,
  GEN_AI,
  GEN_AI_OLD,
];

/** What a span is and says; of spans that no dialect knows, nothing. */
export interface RecognisedSpan {
  readonly dialect: string | undefined;
  readonly kind: SpanKind | undefined;
  readonly reading: SpanReading;
}

const UNKNOWN: RecognisedSpan = { dialect: undefined, kind: undefined, reading: completeReading({}) };

/** What a span is to a turn, whichever instrumentation made it. Parses nothing. */
export const classifySpan: ClassifySpan = (span) => {
  if (isZip(span)) return 'part';
  for (const dialect of DIALECTS) {
    const kind = dialect.kindOf(span);
    if (kind !== undefined) return kind === 'agent' || kind === 'tool' ? kind : 'genai';
  }
  return 'other';
};

/** Reads a span in the dialect that recognises it. */
export function recogniseSpan(span: SpanSnapshot): RecognisedSpan {
  for (const dialect of DIALECTS) {
    const kind = dialect.kindOf(span);
    if (kind !== undefined) return { dialect: dialect.name, kind, reading: completeReading(dialect.read(span, kind)) };
  }
  return UNKNOWN;
}
