import { importPackage } from '../base/import-package.ts';
import type { SpanExporter } from '../base/sdk-types.ts';
import type { OtlpProtocol } from './otlp-protocol.ts';

/**
 * OpenTelemetry's own exporter. Endpoint, headers, time-out, compression and certificates are its standard variables:
 * `OTEL_EXPORTER_OTLP_ENDPOINT` and its siblings.
 *
 * @throws {MissingPackageError} for `grpc`, whose package is optional
 */
export async function loadOtlpExporter(protocol: OtlpProtocol): Promise<SpanExporter> {
  switch (protocol) {
    case 'http/protobuf': {
      const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto');
      return new OTLPTraceExporter();
    }
    case 'http/json': {
      const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
      return new OTLPTraceExporter();
    }
    case 'grpc': {
      const { OTLPTraceExporter } = await importPackage(
        '@opentelemetry/exporter-trace-otlp-grpc',
        'OTEL_EXPORTER_OTLP_PROTOCOL=grpc',
        () => import('@opentelemetry/exporter-trace-otlp-grpc'),
      );
      return new OTLPTraceExporter();
    }
  }
}
