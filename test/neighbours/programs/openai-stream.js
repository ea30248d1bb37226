import 'spanledger/instrument';
import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
import OpenAI from 'openai';
import { traceAgent } from 'spanledger';
import { converseStreamed } from './converse.js';

new OpenAIInstrumentation().manuallyInstrument(OpenAI);
const client = new OpenAI();

export function answer(question, userId, sessionId) {
  return traceAgent({ name: 'invoice_agent', userId, sessionId }, () => converseStreamed(client, question));
}
