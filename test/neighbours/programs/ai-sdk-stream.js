import 'spanledger/instrument';
import { openai } from '@ai-sdk/openai';
import { OpenTelemetry } from '@ai-sdk/otel';
import { registerTelemetry, streamText } from 'ai';

registerTelemetry(new OpenTelemetry({ usage: true, runtimeContext: true }));

export async function answer(question, userId, sessionId) {
  const { text } = streamText({
    model: openai('gpt-4.1-mini'),
    prompt: question,
    runtimeContext: { userId, sessionId },
    telemetry: { functionId: 'invoice_agent', includeRuntimeContext: { userId: true, sessionId: true } },
  });
  return await text;
}
