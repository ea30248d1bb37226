// A host that starts OpenTelemetry itself: it takes the ledger's processors and sampler into its own set-up.
import { NodeSDK } from '@opentelemetry/sdk-node';
import { createSpanledger, traceAgent, traceModelCall, traceTool } from 'spanledger';

const ledger = createSpanledger();
const sdk = new NodeSDK({
  serviceName: 'weather-agent',
  // The host's own processors stand beside the ledger's.
  spanProcessors: [...ledger.spanProcessors],
  sampler: ledger.sampler,
  // With span processors of one's own, NodeSDK would still start its default metric and log exporters.
  metricReaders: [],
  logRecordProcessors: [],
});
sdk.start();

const question = 'Does it rain in Valdivia?';
const answer = await traceAgent(
  { name: 'weather_agent', question, userId: 'ana', sessionId: 'ana-1' },
  async (agent) => {
    const weather = await traceTool({ name: 'get_weather' }, async () => ({ city: 'Valdivia', rain: true }));
    const text = await traceModelCall({ provider: 'example', model: 'example-model' }, async (call) => {
      call.setUsage({ inputTokens: 120, outputTokens: 14, reasoningTokens: 5, cachedInputTokens: 64 });
      return weather.rain ? 'Yes, it rains in Valdivia.' : 'No.';
    });
    agent.setAnswer(text);
    return text;
  },
);
console.log(answer);

await sdk.shutdown();
const { settled, detail } = await ledger.shutdown();
console.log(settled ? `The row is in ${ledger.config.values.localPath}` : detail);
