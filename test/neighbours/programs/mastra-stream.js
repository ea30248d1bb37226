import 'spanledger/instrument';
import { openai } from '@ai-sdk/openai';
import { Agent } from '@mastra/core/agent';
import { Mastra } from '@mastra/core/mastra';
import { Observability } from '@mastra/observability';
import { OtelBridge } from '@mastra/otel-bridge';
import { withTurnContext } from 'spanledger';

const invoiceAgent = new Agent({
  ...{ id: 'invoice_agent', name: 'invoice_agent', model: openai('gpt-4.1-mini') },
  instructions: 'You answer questions about invoices.',
});
const configs = { spanledger: { serviceName: 'invoices', bridge: new OtelBridge() } };
const mastra = new Mastra({ agents: { invoiceAgent }, observability: new Observability({ configs }) });

export function answer(question, userId, sessionId) {
  return withTurnContext({ userId, sessionId }, async () => {
    const { text } = await mastra.getAgent('invoiceAgent').stream(question);
    return await text;
  });
}
