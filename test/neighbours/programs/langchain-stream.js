import 'spanledger/instrument';
import { LangChainInstrumentation } from '@arizeai/openinference-instrumentation-langchain';
import * as callbacks from '@langchain/core/callbacks/manager';
import { ChatOpenAI } from '@langchain/openai';
import { createAgent } from 'langchain';

new LangChainInstrumentation().manuallyInstrument(callbacks);
const model = new ChatOpenAI({ model: 'gpt-4.1-mini', streamUsage: true });
const agent = createAgent({ name: 'invoice_agent', model, tools: [] });

export async function answer(question, user_id, thread_id) {
  let text = '';
  const options = { metadata: { user_id, thread_id }, streamMode: 'messages' };
  const messages = [{ role: 'user', content: question }];
  for await (const [message] of await agent.stream({ messages }, options)) text += message.text;
  return text;
}
