import 'spanledger/instrument';
import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
import * as logfire from '@pydantic/logfire-api';
import OpenAI from 'openai';
import { withTurnContext } from 'spanledger';
import { converse } from './converse.js';

new OpenAIInstrumentation().manuallyInstrument(OpenAI);
const client = new OpenAI();

export function answer(question, userId, sessionId) {
  return withTurnContext({ userId, sessionId }, () =>
    logfire.span(
      'invoice_agent',
      { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'invoice_agent' },
      {},
      () => converse(client, question),
    ),
  );
}
