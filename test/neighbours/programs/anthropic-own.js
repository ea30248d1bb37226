import 'spanledger/instrument';
import Anthropic from '@anthropic-ai/sdk';
import { traceAgent } from 'spanledger';
import { converseWithClaude } from './converse.js';

const client = new Anthropic();

export function answer(question, userId, sessionId) {
  return traceAgent({ name: 'invoice_agent', userId, sessionId }, () => converseWithClaude(client, question));
}
