import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import type { Sampler } from '../base/sdk-types.ts';

export interface SamplerReading {
  readonly sampler: Sampler;
  /** What of the variables could not be used, to be said; the default is used instead, as OpenTelemetry asks. */
  readonly warning: string | undefined;
}

/** By the names of the specification; the argument is the ratio of the two that have one. */
const SAMPLERS: Readonly<Record<string, (ratio: number) => Sampler>> = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: (ratio) => new TraceIdRatioBasedSampler(ratio),
  parentbased_always_on: () => new ParentBasedSampler({ root: new AlwaysOnSampler() }),
  parentbased_always_off: () => new ParentBasedSampler({ root: new AlwaysOffSampler() }),
  parentbased_traceidratio: (ratio) => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
};

/**
 * The sampler of OpenTelemetry's standard variables, whose own parser is not exported.
 * Default: `parentbased_always_on`. Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function parseSampler(env: Readonly<Record<string, string | undefined>>): SamplerReading {
  const name = env.OTEL_TRACES_SAMPLER?.trim();
  if (name === undefined || name === '') return { sampler: createRatioSampler(1), warning: undefined };
  const create = Object.hasOwn(SAMPLERS, name) ? SAMPLERS[name] : undefined;
  if (create === undefined) {
    const warning = `OTEL_TRACES_SAMPLER is "${name}"; known: ${Object.keys(SAMPLERS).join(', ')}; every trace is sampled`;
    return { sampler: createRatioSampler(1), warning };
  }
  const argument = env.OTEL_TRACES_SAMPLER_ARG?.trim();
  const ratio = argument === undefined || argument === '' ? 1 : Number(argument);
  if (ratio >= 0 && ratio <= 1) return { sampler: create(ratio), warning: undefined };
  const warning = `OTEL_TRACES_SAMPLER_ARG is "${argument}"; allowed: a number from 0 to 1; 1 is used`;
  return { sampler: create(1), warning: name.endsWith('traceidratio') ? warning : undefined };
}

/** Samples this share of the traces that begin here, and of others what their caller decided. */
export function createRatioSampler(ratio: number): Sampler {
  return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
}
