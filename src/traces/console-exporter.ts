import { SpanStatusCode } from '@opentelemetry/api';
import { ExportResultCode, hrTimeToMilliseconds } from '@opentelemetry/core';
import type { Diagnostics } from '../base/diagnostics.ts';
import type { ReadableSpan, SpanExporter } from '../base/sdk-types.ts';

const STATUS_WORDS = { [SpanStatusCode.UNSET]: 'unset', [SpanStatusCode.OK]: 'ok', [SpanStatusCode.ERROR]: 'error' };

/** One line a span to the package's diagnostics, for a look at what is traced. */
export function createConsoleExporter(diagnostics: Diagnostics): SpanExporter {
  return {
    export(spans, callback) {
      for (const span of spans) diagnostics.info(renderSpan(span));
      callback({ code: ExportResultCode.SUCCESS });
    },
    shutdown: () => Promise.resolve(),
  };
}

function renderSpan(span: ReadableSpan): string {
  const { traceId, spanId } = span.spanContext();
  const millis = hrTimeToMilliseconds(span.duration).toFixed(1);
  const status = STATUS_WORDS[span.status.code];
  return `[span] ${traceId} ${spanId} ${span.name} ${millis} ms ${status} ${JSON.stringify(span.attributes)}`;
}
