import { expect, it } from 'vitest';
import { readZip } from '../../src/record/read-zip.ts';
import type { SpanSnapshot } from '../../src/spans/span-snapshot.ts';
import { sampleSpan } from '../support/span-snapshot-builder.ts';

function zip(id: string, start: number, end: number | null, failed = false): SpanSnapshot {
  const span = sampleSpan({ id, start, end, attributes: { 'zip.id': id, 'zip.generation_time_ms': 12.7 } });
  return failed ? { ...span, status: { code: 'error', message: 'disk full' } } : span;
}

it('takes the ZIP that was finished last, with all its figures', () => {
  expect(readZip([zip('a', 0, 90), zip('b', 10, 50)])).toMatchObject({ zip_id: 'a', zip_generation_time_ms: 12 });
});

it('sees no ZIP in one that failed or has not ended', () => {
  expect(readZip([zip('a', 0, 90, true), zip('b', 10, null)])).toBeUndefined();
  expect(readZip([zip('a', 0, 90, true), zip('b', 10, 20)])?.zip_id).toBe('b');
});
