import 'spanledger/instrument';
import * as sdk from '@anthropic-ai/sdk';
import { AnthropicInstrumentation } from '@arizeai/openinference-instrumentation-anthropic';
import { traceAgent } from 'spanledger';
import { converseWithClaude } from './converse.js';

new AnthropicInstrumentation().manuallyInstrument(sdk.default);
const client = new sdk.default();

export function answer(question, userId, sessionId) {
  return traceAgent({ name: 'invoice_agent', userId, sessionId }, () => converseWithClaude(client, question));
}
