import { ConfigurationError } from '../base/errors.ts';

const PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'] as const;

export type OtlpProtocol = (typeof PROTOCOLS)[number];

/**
 * The protocol that OpenTelemetry's standard variables ask for. Default: `http/protobuf`.
 *
 * @throws {ConfigurationError} for a protocol that does not exist
 */
export function resolveOtlpProtocol(env: Readonly<Record<string, string | undefined>>): OtlpProtocol {
  for (const variable of ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL']) {
    const value = env[variable]?.trim();
    if (value === undefined || value === '') continue;
    const protocol = PROTOCOLS.find((each) => each === value);
    if (protocol === undefined) {
      throw new ConfigurationError(variable, `is "${value}"; allowed: ${PROTOCOLS.join(', ')}`);
    }
    return protocol;
  }
  return 'http/protobuf';
}
