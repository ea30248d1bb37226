import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode, suppressTracing } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';

/**
 * Hands spans to an exporter, outside of what the host is doing: the exporter's requests make no spans of their own.
 * Rejects where the exporter fails, however it says so. A module of its own, for a start does not need it.
 */
export function exportSpans(exporter: SpanExporter, spans: ReadableSpan[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = ({ code, error }: ExportResult): void => {
      if (code === ExportResultCode.SUCCESS) resolve();
      else reject(error ?? new Error('the exporter gave no reason'));
    };
    context.with(suppressTracing(ROOT_CONTEXT), () => {
      // An exporter may be an async function, whatever its type says.
      Promise.resolve(exporter.export(spans, settle)).catch(reject);
    });
  });
}
