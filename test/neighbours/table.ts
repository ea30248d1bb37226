import type { Neighbour } from './neighbour.ts';

/** Everything that runs in Node and whose spans become rows. */
export const NEIGHBOURS: readonly Neighbour[] = [
  { name: 'own code', page: 'own-code', packages: ['spanledger'], core: true },
  { name: 'ADK', page: 'adk', packages: ['@google/adk'], core: true },
  { name: 'AI SDK', page: 'ai-sdk', packages: ['ai', '@ai-sdk/otel'], core: true },
  { name: 'LangChain', page: 'langchain', packages: ['langchain', '@arizeai/openinference-instrumentation-langchain'] },
  { name: 'OpenAI Agents', page: 'openai-agents', packages: ['@openai/agents', '@arizeai/openinference-instrumentation-openai-agents'] },
  { name: 'Mastra', page: 'mastra', packages: ['@mastra/core', '@mastra/otel-bridge'] },
  { name: 'Genkit', page: 'genkit', packages: ['genkit'] },
  { name: 'OpenInference OpenAI', page: 'openai', packages: ['openai', '@arizeai/openinference-instrumentation-openai'] },
];
