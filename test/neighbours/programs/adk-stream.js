import 'spanledger/instrument';
import { InMemoryRunner, isFinalResponse, LlmAgent, StreamingMode, stringifyContent } from '@google/adk';
import { SpanledgerPlugin } from 'spanledger/adk';

const appName = 'invoices';
const agent = new LlmAgent({ name: 'invoice_agent', model: 'gemini-2.5-flash' });
const runner = new InMemoryRunner({ agent, appName, plugins: [new SpanledgerPlugin()] });

export async function answer(question, userId, sessionId) {
  await runner.sessionService.createSession({ appName, userId, sessionId });
  let text = '';
  const newMessage = { role: 'user', parts: [{ text: question }] };
  const runConfig = { streamingMode: StreamingMode.SSE };
  for await (const event of runner.runAsync({ userId, sessionId, newMessage, runConfig })) {
    if (isFinalResponse(event)) text = stringifyContent(event);
  }
  return text;
}
