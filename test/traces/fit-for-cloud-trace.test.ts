import type { Attributes } from '@opentelemetry/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitForCloudTrace } from '../../src/traces/fit-for-cloud-trace.ts';
import { cases } from '../support/property-seed.ts';
import { sampleSpan } from './sample-span.ts';

describe('fitForCloudTrace', () => {
  it('keeps what matters first where there are too many attributes', () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`custom.${index}`, index]));
    const important = {
      'gen_ai.usage.input_tokens': 5,
      'session.id': 's',
      'gen_ai.operation.name': 'chat',
      'error.type': 'E',
    };
    const fitted = fitForCloudTrace(sampleSpan({ ...many, ...important }));
    expect(fitted.attributes).toMatchObject(important);
    expect(Object.keys(fitted.attributes)).toHaveLength(26);
    expect(Object.keys(fitted.attributes).slice(4)).toEqual(Object.keys(many).slice(0, 22));
    expect(fitted.droppedAttributesCount).toBe(38);
  });

  it('keeps numbers that the exporter would round or break, and lists that it would leave out', () => {
    const fitted = fitForCloudTrace(
      sampleSpan({
        whole: 7,
        fraction: 0.25,
        huge: 2 ** 60,
        negative: -0.5,
        nan: Number.NaN,
        infinite: Number.POSITIVE_INFINITY,
        flag: false,
        texts: ['a', 'b'],
        numbers: [1, 2.5],
        empty: [],
      }),
    );
    expect(fitted.attributes).toEqual({
      whole: 7,
      fraction: '0.25',
      huge: '1152921504606847000',
      negative: '-0.5',
      nan: 'NaN',
      infinite: 'Infinity',
      flag: false,
      texts: '["a","b"]',
      numbers: '[1,2.5]',
      empty: '[]',
    });
  });

  it('cuts texts between characters, by bytes', () => {
    const fitted = fitForCloudTrace(
      sampleSpan({ [`${'k'.repeat(127)}é`]: `${'x'.repeat(254)}👩` }, { name: `${'n'.repeat(126)}€` }),
    );
    expect(fitted.attributes).toEqual({ ['k'.repeat(127)]: 'x'.repeat(254) });
    expect(fitted.name).toBe('n'.repeat(126));
  });

  it('keeps the exceptions among too many events', () => {
    const events = Array.from({ length: 50 }, (_, index) => ({
      name: index === 49 ? 'exception' : 'log',
      time: [1, index] as [number, number],
      attributes: { a: 1, b: 2, c: 3, d: 4, 'exception.type': 'E' },
    }));
    const fitted = fitForCloudTrace(sampleSpan({}, { events }));
    expect(fitted.events).toHaveLength(32);
    expect(fitted.events[0]).toMatchObject({ name: 'exception', attributes: { 'exception.type': 'E' } });
    expect(fitted.events.every(({ attributes = {} }) => Object.keys(attributes).length === 4)).toBe(true);
  });

  it('holds every limit, whatever the span', () => {
    const text = fc.string({ unit: 'binary', maxLength: 400 });
    const value = fc.oneof(text, fc.double(), fc.boolean(), fc.array(text, { maxLength: 3 }), fc.maxSafeInteger());
    fc.assert(
      fc.property(fc.dictionary(text, value, { maxKeys: 45 }), text, (attributes, name) => {
        const before = structuredClone(attributes);
        const fitted = fitForCloudTrace(sampleSpan(attributes as Attributes, { name, endTime: [0, 0] }));
        expect(attributes).toEqual(before);
        expect(Object.keys(fitted.attributes).length).toBeLessThanOrEqual(26);
        expect(Buffer.byteLength(fitted.name)).toBeLessThanOrEqual(128);
        expect(fitted.name).not.toBe('');
        for (const [key, each] of Object.entries(fitted.attributes)) {
          expect(Buffer.byteLength(key)).toBeLessThanOrEqual(128);
          expect(Buffer.byteLength(String(each))).toBeLessThanOrEqual(256);
          expect(`${key}${String(each)}`.isWellFormed()).toBe(true);
          expect(typeof each === 'number' ? Number.isSafeInteger(each) : typeof each).toSatisfy(
            (kind) => kind === true || kind === 'string' || kind === 'boolean',
          );
        }
        expect(fitted.endTime).toEqual(fitted.startTime);
      }),
      { numRuns: cases(200) },
    );
  });
});
