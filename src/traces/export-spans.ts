import { ExportResultCode } from '@opentelemetry/core';
import type { ExportResult, ReadableSpan, SpanExporter } from '../base/sdk-types.ts';
import { withoutTracing } from './without-tracing.ts';

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
    // An exporter may be an async function, whatever its type says.
    withoutTracing(() => Promise.resolve(exporter.export(spans, settle))).catch(reject);
  });
}
