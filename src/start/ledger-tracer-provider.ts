import type { Tracer, TracerOptions } from '@opentelemetry/api';
import { type NodeTracerConfig, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { AnalyticsSampler } from '../traces/analytics-sampler.ts';

/** Tells the sampler which instrumentations there are: a sampler itself sees no scope. */
export class LedgerTracerProvider extends NodeTracerProvider {
  readonly #sampler: AnalyticsSampler | undefined;

  constructor(config: NodeTracerConfig) {
    super(config);
    this.#sampler = config.sampler instanceof AnalyticsSampler ? config.sampler : undefined;
  }

  override getTracer(name: string, version?: string, options?: TracerOptions): Tracer {
    this.#sampler?.noteScope(name);
    return super.getTracer(name, version, options);
  }
}
