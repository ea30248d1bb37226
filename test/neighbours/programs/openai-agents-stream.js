import 'spanledger/instrument';
import { OpenAIAgentsInstrumentation } from '@arizeai/openinference-instrumentation-openai-agents';
import * as agents from '@openai/agents';
import { withTurnContext } from 'spanledger';

new OpenAIAgentsInstrumentation().manuallyInstrument(agents);
const agent = new agents.Agent({ name: 'invoice_agent', model: 'gpt-4.1-mini' });

export function answer(question, userId, sessionId) {
  return withTurnContext({ userId, sessionId }, async () => {
    const result = await agents.run(agent, question, { stream: true });
    await result.completed;
    return result.finalOutput;
  });
}
