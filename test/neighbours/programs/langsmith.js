import 'spanledger/instrument';
import { traceable } from 'langsmith/traceable';
import { initializeOTEL } from 'langsmith/experimental/otel/setup';
import { wrapOpenAI } from 'langsmith/wrappers';
import { trace } from '@opentelemetry/api';
import OpenAI from 'openai';
import { withTurnContext } from 'spanledger';
import { converse } from './converse.js';

initializeOTEL({ globalTracerProvider: trace.getTracerProvider() });
const client = wrapOpenAI(new OpenAI());
const agent = traceable((question) => converse(client, question), { name: 'invoice_agent' });

export function answer(question, userId, sessionId) {
  return withTurnContext({ userId, sessionId }, () => agent(question));
}
