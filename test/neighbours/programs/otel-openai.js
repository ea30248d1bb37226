import 'spanledger/instrument';
import { createRequire } from 'node:module';
import { OpenAIInstrumentation } from '@opentelemetry/instrumentation-openai';
import { traceAgent } from 'spanledger';
import { converse } from './converse.js';

const instrumentation = new OpenAIInstrumentation({ captureMessageContent: true });
instrumentation.enable();
const { OpenAI } = createRequire(import.meta.url)('openai');
const client = new OpenAI();

export function answer(question, userId, sessionId) {
  return traceAgent({ name: 'invoice_agent', userId, sessionId }, () => converse(client, question));
}
