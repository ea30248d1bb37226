import 'spanledger/instrument';
import { openai } from '@ai-sdk/openai';
import { Agent, createTool } from '@voltagent/core';
import { z } from 'zod';

const countInvoices = createTool({
  name: 'count_invoices',
  description: 'Counts the invoices of a status',
  parameters: z.object({ status: z.string() }),
  execute: async () => ({ count: 12 }),
});
const agent = new Agent({
  name: 'invoice_agent',
  instructions: 'You answer questions about invoices.',
  model: openai('gpt-4.1-mini'),
  tools: [countInvoices],
});

export async function answer(question, userId, conversationId) {
  const { text } = await agent.generateText(question, { userId, conversationId });
  return text;
}
