/** Another process that makes a ZIP for a turn: takes the trace context as HTTP or a queue carries it, prints its spans. */
import { context, propagation } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { createZip } from '../../src/zip/create-zip.ts';

const [carrier = '{}', destination = ''] = process.argv.slice(2);
const exporter = new InMemorySpanExporter();
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
const entries = [{ name: 'a.txt', source: Buffer.from('made elsewhere') }];
await context.with(propagation.extract(context.active(), JSON.parse(carrier)), () =>
  createZip({ entries, destination }),
);
const spans = exporter.getFinishedSpans().map(({ name, attributes, parentSpanContext }) => ({
  name,
  attributes,
  parent: parentSpanContext?.spanId,
}));
process.stdout.write(JSON.stringify(spans));
