import type { Neighbour } from './neighbour.ts';

const OPENINFERENCE = '@arizeai/openinference-instrumentation';

const NO_CONTENT = {
  user_question: 'its spans hold no message content',
  agent_response: 'its spans hold no message content',
  'tool:': 'its spans hold no message content, and a client runs no tools',
};
const NO_DETAILS = {
  thoughts_tokens: 'its spans tell input and output only',
  cached_content_tokens: 'its spans tell input and output only',
};
const WHOLE_OUTPUT = { thoughts_tokens: 'Anthropic does not tell thinking apart from the output' };

/** Everything that runs in Node and whose spans become rows. */
export const NEIGHBOURS: readonly Neighbour[] = [
  { name: 'own code', page: 'own-code', packages: ['spanledger'], core: true },
  {
    name: 'ADK',
    page: 'adk',
    packages: ['@google/adk'],
    streamed: 'adk-stream.js',
    core: true,
  },
  { name: 'ADK behind Express', page: 'adk-express', packages: ['@google/adk'], pageOnly: true },
  {
    name: "ADK's commands",
    page: 'adk-cli',
    packages: ['@google/adk-devtools'],
    silent: { always: { user_id: "ADK's spans do not say it, and its commands take no plugin" } },
    pageOnly: true,
  },
  { name: 'AI SDK', page: 'ai-sdk', packages: ['ai', '@ai-sdk/otel'], streamed: 'ai-sdk-stream.js', core: true },
  { name: 'Next.js', page: 'next', packages: ['next'], pageOnly: true },
  { name: 'NestJS', page: 'nestjs', packages: ['@nestjs/core'], pageOnly: true },
  {
    name: 'LangChain and LangGraph',
    page: 'langchain',
    packages: ['langchain', `${OPENINFERENCE}-langchain`],
    streamed: 'langchain-stream.js',
  },
  {
    name: 'OpenAI Agents',
    page: 'openai-agents',
    packages: ['@openai/agents', `${OPENINFERENCE}-openai-agents`],
    streamed: 'openai-agents-stream.js',
    silent: {
      failure: {
        user_question: 'a run that fails leaves its first span open, and that alone has the question',
        model: 'a call that failed says no model',
      },
    },
  },
  { name: 'Mastra', page: 'mastra', packages: ['@mastra/core', '@mastra/otel-bridge'], streamed: 'mastra-stream.js' },
  { name: 'Genkit', page: 'genkit', packages: ['genkit', '@genkit-ai/compat-oai'], streamed: 'genkit-stream.js' },
  {
    name: 'VoltAgent',
    program: 'voltagent.js',
    packages: ['@voltagent/core', 'ai@6'],
    beside: ['@ai-sdk/openai@3', 'zod'],
    streamed: 'voltagent-stream.js',
  },
  { name: 'Sentry', page: 'sentry', packages: ['@sentry/node', `${OPENINFERENCE}-openai`] },
  { name: 'Langfuse', page: 'langfuse', packages: ['@langfuse/openai', '@langfuse/otel'] },
  {
    name: 'OpenLLMetry',
    page: 'openllmetry',
    packages: ['@traceloop/node-server-sdk', 'openai'],
    silent: {
      always: NO_DETAILS,
      failure: {
        error_status: 'a call that fails leaves its spans open',
        error_message: 'a call that fails leaves its spans open',
      },
    },
  },
  {
    name: 'OpenInference openai',
    page: 'openai',
    packages: [`${OPENINFERENCE}-openai`, 'openai'],
    streamed: 'openai-stream.js',
    silent: {
      stream: {
        prompt_tokens: 'it does not read the usage of a stream of chat completions',
        candidates_tokens: 'it does not read the usage of a stream of chat completions',
        total_tokens: 'it does not read the usage of a stream of chat completions',
      },
    },
  },
  {
    name: 'OpenInference anthropic',
    program: 'anthropic.js',
    packages: [`${OPENINFERENCE}-anthropic`, '@anthropic-ai/sdk'],
    silent: { always: WHOLE_OUTPUT },
  },
  {
    name: "Anthropic's own spans",
    program: 'anthropic-own.js',
    packages: ['@anthropic-ai/sdk'],
    silent: { always: { ...WHOLE_OUTPUT, ...NO_CONTENT } },
  },
  {
    name: 'OpenLIT',
    program: 'openlit.js',
    packages: ['openlit', 'openai'],
    streamed: 'openlit.js',
    silent: {
      always: { thoughts_tokens: 'its spans do not tell reasoning apart from the output' },
      failure: { user_question: 'a call that failed has no messages' },
    },
  },
  {
    name: 'OpenTelemetry openai',
    program: 'otel-openai.js',
    packages: ['@opentelemetry/instrumentation-openai', 'openai@6'],
    silent: { always: { ...NO_DETAILS, ...NO_CONTENT } },
  },
  {
    name: 'LangSmith',
    program: 'langsmith.js',
    packages: ['langsmith', 'openai'],
    beside: [
      '@opentelemetry/sdk-trace-base@2',
      '@opentelemetry/context-async-hooks@2',
      '@opentelemetry/exporter-trace-otlp-proto@0.223',
    ],
  },
  {
    name: 'Logfire',
    program: 'logfire.js',
    packages: ['@pydantic/logfire-api', `${OPENINFERENCE}-openai`],
    beside: ['openai', '@opentelemetry/sdk-trace-base@2'],
  },
];
