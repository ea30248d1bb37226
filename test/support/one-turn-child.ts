/** A process with one turn, as the environment configures it. */
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { createSpanledger } from '../../src/start/spanledger.ts';

const ledger = createSpanledger({ configFile: false, traceExporters: ['none'] });
const provider = new BasicTracerProvider({ spanProcessors: [...ledger.spanProcessors], sampler: ledger.sampler });
const attributes = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'a' };
provider.getTracer('test').startSpan('invoke_agent a', { attributes }).end();
await ledger.shutdown();
