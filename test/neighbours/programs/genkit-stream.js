import 'spanledger/instrument';
import { openAI } from '@genkit-ai/compat-oai/openai';
import { genkit, z } from 'genkit';
import { withTurnContext } from 'spanledger';

const ai = genkit({ plugins: [openAI()], model: openAI.model('gpt-4.1-mini') });
const invoiceAgent = ai.defineFlow({ name: 'invoice_agent', inputSchema: z.string() }, async (prompt) => {
  const { response } = ai.generateStream(prompt);
  return (await response).text;
});

export function answer(question, userId, sessionId) {
  return withTurnContext({ userId, sessionId }, () => invoiceAgent(question));
}
