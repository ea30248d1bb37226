import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseOtlpJson } from '../../src/otlp/parse-otlp-json.ts';
import type { SpanSnapshot } from '../../src/spans/span-snapshot.ts';

/** What a model really served in one conversation of a capture, recorded beside the instrumentation. */
export interface ConversationTruth {
  readonly user_question: string | null;
  readonly agent_response: string | null;
  readonly model: string | null;
  readonly model_requested: string | null;
  readonly tools_used: readonly string[];
  readonly prompt_token_count: number | null;
  readonly visible_output_token_count: number | null;
  readonly thoughts_token_count: number | null;
  readonly cached_content_token_count: number | null;
  readonly total_token_count: number | null;
  /** `null`: no answer came, and nothing failed. */
  readonly success: boolean | null;
  readonly session_id: string | null;
  readonly user_id: string | null;
}

/** Spans of a real instrumentation, with the truth. */
export interface DialectCapture {
  readonly name: string;
  readonly truth: { readonly conversations: readonly ConversationTruth[] };
  /** Fields that the instrumentation does not put into its spans. */
  readonly not_in_spans: readonly string[];
  readonly otlp: unknown;
}

const FOLDER = fileURLToPath(new URL('../fixtures/dialects/', import.meta.url));

export function captureNames(): readonly string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

export function loadCapture(name: string): DialectCapture {
  return JSON.parse(readFileSync(`${FOLDER}${name}.json`, 'utf8'));
}

export function spansOf(capture: DialectCapture): readonly SpanSnapshot[] {
  return parseOtlpJson(capture.otlp).spans;
}
