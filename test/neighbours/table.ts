import type { Neighbour } from './neighbour.ts';

const OPENINFERENCE = '@arizeai/openinference-instrumentation';

/** Everything that runs in Node and whose spans become rows. */
export const NEIGHBOURS: readonly Neighbour[] = [
  { name: 'own code', page: 'own-code', packages: ['spanledger'], core: true },
  { name: 'ADK', page: 'adk', packages: ['@google/adk'], streamed: 'adk-stream.js', core: true },
  { name: 'ADK behind Express', page: 'adk-express', packages: ['@google/adk'], pageOnly: true },
  { name: "ADK's commands", page: 'adk-cli', packages: ['@google/adk-devtools'], pageOnly: true },
  { name: 'AI SDK', page: 'ai-sdk', packages: ['ai', '@ai-sdk/otel'], streamed: 'ai-sdk-stream.js', core: true },
  { name: 'Next.js', page: 'next', packages: ['next'], pageOnly: true },
  { name: 'NestJS', page: 'nestjs', packages: ['@nestjs/core'], pageOnly: true },
  {
    name: 'LangChain',
    page: 'langchain',
    packages: ['langchain', `${OPENINFERENCE}-langchain`],
    streamed: 'langchain-stream.js',
  },
  {
    name: 'OpenAI Agents',
    page: 'openai-agents',
    packages: ['@openai/agents', `${OPENINFERENCE}-openai-agents`],
    streamed: 'openai-agents-stream.js',
  },
  { name: 'Mastra', page: 'mastra', packages: ['@mastra/core', '@mastra/otel-bridge'], streamed: 'mastra-stream.js' },
  { name: 'Genkit', page: 'genkit', packages: ['genkit', '@genkit-ai/compat-oai'], streamed: 'genkit-stream.js' },
  { name: 'OpenAI', page: 'openai', packages: ['openai', `${OPENINFERENCE}-openai`], streamed: 'openai-stream.js' },
  { name: 'Sentry', page: 'sentry', packages: ['@sentry/node', `${OPENINFERENCE}-openai`] },
  { name: 'Langfuse', page: 'langfuse', packages: ['@langfuse/openai', '@langfuse/otel'] },
  { name: 'OpenLLMetry', page: 'openllmetry', packages: ['@traceloop/node-server-sdk', 'openai'] },
  { name: 'Anthropic', program: 'anthropic.js', packages: ['@anthropic-ai/sdk', `${OPENINFERENCE}-anthropic`] },
  { name: "Anthropic's own spans", program: 'anthropic-own.js', packages: ['@anthropic-ai/sdk'] },
  { name: 'OpenLIT', program: 'openlit.js', packages: ['openlit', 'openai'], streamed: 'openlit.js' },
  {
    name: 'OpenTelemetry openai',
    program: 'otel-openai.js',
    packages: ['@opentelemetry/instrumentation-openai', 'openai@6'],
  },
  { name: 'LangSmith', program: 'langsmith.js', packages: ['langsmith', 'openai'] },
  { name: 'Logfire', program: 'logfire.js', packages: ['@pydantic/logfire-api', `${OPENINFERENCE}-openai`, 'openai'] },
  {
    name: 'VoltAgent',
    program: 'voltagent.js',
    packages: ['@voltagent/core', 'ai', '@ai-sdk/openai', 'zod'],
    streamed: 'voltagent-stream.js',
  },
];
