import './langsmith-environment.js';
import 'spanledger/instrument';
import { trace } from '@opentelemetry/api';
import { initializeOTEL } from 'langsmith/experimental/otel/setup';
import { traceable } from 'langsmith/traceable';
import { wrapOpenAI } from 'langsmith/wrappers';
import OpenAI from 'openai';
import { withTurnContext } from 'spanledger';
import { converse } from './converse.js';

initializeOTEL({ globalTracerProvider: trace.getTracerProvider() });
const client = wrapOpenAI(new OpenAI());
const agent = traceable((question) => converse(client, question), { name: 'invoice_agent' });

export function answer(question, userId, sessionId) {
  return withTurnContext({ userId, sessionId }, () => agent(question));
}
