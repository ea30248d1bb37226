import type { Tracer, TracerOptions } from '@opentelemetry/api';
import { BasicTracerProvider, type TracerConfig } from '@opentelemetry/sdk-trace-base';
import { AnalyticsSampler } from '../traces/analytics-sampler.ts';

/** Tells the sampler which instrumentations there are: a sampler itself sees no scope. */
export class LedgerTracerProvider extends BasicTracerProvider {
  readonly #sampler: AnalyticsSampler | undefined;

  constructor(config: TracerConfig) {
    super(config);
    this.#sampler = config.sampler instanceof AnalyticsSampler ? config.sampler : undefined;
  }

  override getTracer(name: string, version?: string, options?: TracerOptions): Tracer {
    this.#sampler?.noteScope(name);
    return super.getTracer(name, version, options);
  }
}
