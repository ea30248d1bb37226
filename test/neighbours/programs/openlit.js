import 'spanledger/instrument';
import { createRequire } from 'node:module';
import { traceAgent } from 'spanledger';
import { converse, converseStreamed } from './converse.js';

const require = createRequire(import.meta.url);
const openlit = require('openlit').default;
openlit.init({ otlpEndpoint: process.env.OTEL_EXPORTER_OTLP_ENDPOINT, disableMetrics: true, disableEvents: true });
const { OpenAI } = require('openai');
const client = new OpenAI();

export function answer(question, userId, sessionId) {
  return traceAgent({ name: 'invoice_agent', userId, sessionId }, () => converse(client, question));
}

export function stream(question, userId, sessionId) {
  return traceAgent({ name: 'invoice_agent', userId, sessionId }, () => converseStreamed(client, question));
}
