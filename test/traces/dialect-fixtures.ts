import { readdirSync, readFileSync } from 'node:fs';
import { TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { parseOtlpJson } from '../../src/otlp/parse-otlp-json.ts';
import type { AttributeValue, SpanSnapshot } from '../../src/spans/span-snapshot.ts';
import { spanFromSnapshot } from '../../src/traces/span-from-snapshot.ts';

const DIRECTORY = new URL('../fixtures/dialects/', import.meta.url);

export interface DialectFixture {
  readonly name: string;
  readonly snapshots: readonly SpanSnapshot[];
  readonly spans: readonly ReadableSpan[];
  /** Every text that a person, a model or a tool said, as the truth of the capture tells and as the spans show. */
  readonly secrets: readonly string[];
}

interface Truth {
  readonly conversations: readonly {
    readonly user_question: string | null;
    readonly agent_response: string | null;
    readonly error_message: string | null;
    readonly tool_calls: readonly { readonly args: unknown }[];
  }[];
}

/** Real captures of each instrumentation that the package reads. */
export function readDialectFixtures(): readonly DialectFixture[] {
  return readdirSync(DIRECTORY).map((file) => {
    const capture: { otlp: unknown; truth: Truth } = JSON.parse(readFileSync(new URL(file, DIRECTORY), 'utf8'));
    const { spans: snapshots } = parseOtlpJson(capture.otlp);
    const secrets = new Set<string>();
    for (const { user_question, agent_response, error_message, tool_calls } of capture.truth.conversations) {
      for (const text of [user_question, agent_response, error_message]) if (text) secrets.add(text);
      for (const { args } of tool_calls) for (const text of textsIn(args)) secrets.add(text);
    }
    for (const { attributes, events, status } of snapshots) {
      const values = [attributes, ...events.map((event) => event.attributes)].flatMap((each) => Object.values(each));
      for (const value of [...values, status.message]) {
        for (const text of textsIn(value)) for (const line of text.split('\n')) if (isSpeech(line)) secrets.add(line);
      }
    }
    return {
      name: file.replace('.json', ''),
      snapshots,
      spans: snapshots.map((snapshot) => spanFromSnapshot(snapshot, TraceFlags.SAMPLED)),
      secrets: [...secrets],
    };
  });
}

/** Whether one of the secrets is in the bytes, plain or as JSON writes it. */
export function findLeak(bytes: Buffer, secrets: readonly string[]): string | undefined {
  return secrets.find((secret) => bytes.includes(secret) || bytes.includes(JSON.stringify(secret).slice(1, -1)));
}

/** More words in a row than an identifier has; no line of a stack trace, no list of tool names. */
function isSpeech(line: string): boolean {
  return line.trim().split(/\s+/).length >= 4 && !/^\s+at /.test(line) && !/^\w+_\w+(?:, \w+)+$/.test(line);
}

/** Texts at any depth, also in JSON within text. */
function textsIn(value: AttributeValue | undefined | unknown): readonly string[] {
  if (typeof value === 'string') {
    try {
      const parsed: unknown = JSON.parse(value);
      return typeof parsed === 'object' ? textsIn(parsed) : [value];
    } catch {
      return [value];
    }
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
