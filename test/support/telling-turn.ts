import { context, trace } from '@opentelemetry/api';
import { BasicTracerProvider, SimpleSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { expect } from 'vitest';
import type { SettingValues } from '../../src/config/setting-values.ts';

// A turn that says what no sink may see unless the content policy lets it.

export const QUESTION = 'which invoice has the number seven';
export const CARD = '4111 1111 1111 1111';
export const API_KEY = `sk-${'a1B2'.repeat(12)}`;
const SECRETS = [QUESTION, CARD, API_KEY, 'the tool said'];

/** Settings that keep nothing of what is said. */
export const NOTHING = { content: 'none', redact: ['card', 'api_key'] } as const satisfies Partial<SettingValues>;

export const messages = (role: string, content: string): string =>
  JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);

/** A turn whose question holds a card number and a key, and whose tool fails with a text. */
export function runTellingTurn(provider: BasicTracerProvider): void {
  const tracer = provider.getTracer('test');
  const said = `${QUESTION} ${CARD} ${API_KEY}`;
  const agent = tracer.startSpan('invoke_agent finder', {
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'finder',
      'gen_ai.input.messages': messages('user', said),
      'gen_ai.output.messages': messages('assistant', said),
      'spanledger.raw_mcp_response': said,
    },
  });
  const within = trace.setSpan(context.active(), agent);
  const tool = tracer.startSpan(
    'execute_tool search',
    { attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' } },
    within,
  );
  tool.recordException(new Error(`the tool said ${said}`));
  tool.setStatus({ code: 2, message: `the tool said ${said}` });
  tool.end();
  const usage = { 'gen_ai.usage.input_tokens': 3, 'gen_ai.usage.output_tokens': 2 };
  tracer.startSpan('chat m', { attributes: { 'gen_ai.operation.name': 'chat', ...usage } }, within).end();
  agent.end();
}

export async function exportTellingTurn(exporter: SpanExporter): Promise<void> {
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  runTellingTurn(provider);
  await provider.shutdown();
}

export function expectNothingSaid(stored: string): void {
  for (const secret of SECRETS) expect(stored).not.toContain(secret);
}
