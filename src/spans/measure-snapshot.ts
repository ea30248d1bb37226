import type { AttributeValue, SpanSnapshot } from './span-snapshot.ts';

/** What a span costs besides its text: the object, its ids, its place in the maps. Measured on Node 24. */
const SPAN_OVERHEAD_BYTES = 700;
const VALUE_OVERHEAD_BYTES = 40;
const BYTES_PER_CHARACTER = 2;

/** Roughly how much memory a snapshot holds, in bytes; an upper bound for text, which V8 may keep in one byte. */
export function measureSnapshot(span: SpanSnapshot): number {
  let sizeBytes = SPAN_OVERHEAD_BYTES + measureAttributes(span.attributes);
  for (const event of span.events) sizeBytes += VALUE_OVERHEAD_BYTES + measureAttributes(event.attributes);
  return sizeBytes;
}

function measureAttributes(attributes: Readonly<Record<string, AttributeValue | undefined>>): number {
  let sizeBytes = 0;
  for (const key of Object.keys(attributes)) {
    sizeBytes += VALUE_OVERHEAD_BYTES + key.length * BYTES_PER_CHARACTER + measureValue(attributes[key] ?? null);
  }
  return sizeBytes;
}

function measureValue(value: AttributeValue): number {
  if (typeof value === 'string') return value.length * BYTES_PER_CHARACTER;
  if (typeof value !== 'object' || value === null) return 8;
  let sizeBytes = 0;
  for (const item of Object.values(value)) sizeBytes += VALUE_OVERHEAD_BYTES + measureValue(item);
  return sizeBytes;
}
