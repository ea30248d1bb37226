import 'spanledger/instrument';
import { openai } from '@ai-sdk/openai';
import { Agent } from '@voltagent/core';

const instructions = 'You answer questions about invoices.';
const agent = new Agent({ name: 'invoice_agent', instructions, model: openai('gpt-4.1-mini') });

export async function answer(question, userId, conversationId) {
  const { text } = await agent.streamText(question, { userId, conversationId });
  return await text;
}
