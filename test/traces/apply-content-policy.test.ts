import { type Attributes, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import type { ContentField } from '../../src/privacy/content-field.ts';
import type { ContentMode } from '../../src/privacy/content-mode.ts';
import { createContentPolicy } from '../../src/privacy/content-policy.ts';
import { DETECTOR_NAMES } from '../../src/privacy/detectors/detector-names.ts';
import type { RedactionConfig } from '../../src/privacy/redactor.ts';
import { TraceContentFilter } from '../../src/traces/apply-content-policy.ts';
import { CREDENTIALS } from '../privacy/corpus/credentials.ts';
import { PERSONAL_DATA } from '../privacy/corpus/personal-data.ts';
import { sampleSpan } from './sample-span.ts';

function filterOf(
  fields: readonly (readonly [ContentField, ContentMode])[] = [],
  redaction: Partial<RedactionConfig> = {},
): TraceContentFilter {
  return new TraceContentFilter(
    createContentPolicy({
      default: { kind: 'none' },
      fields: new Map(fields),
      redaction: { detectors: [], patterns: [], functions: [], ...redaction },
      hashKey: undefined,
    }),
  );
}

const SECRET = 'what the user said';
const GENAI: Attributes = { 'gen_ai.operation.name': 'chat' };

/** Every text of the copy that an exporter would send. */
function textOf(span: ReadableSpan): string {
  return JSON.stringify([span.name, span.status, span.attributes, span.events, span.links]);
}

describe('TraceContentFilter by default', () => {
  it.each([
    'gen_ai.input.messages',
    'gen_ai.output.messages',
    'gen_ai.system_instructions',
    'gen_ai.tool.call.arguments',
    'gen_ai.tool.call.result',
    'gen_ai.tool.definitions',
    'gen_ai.prompt',
    'gen_ai.completion',
    'gen_ai.prompt.0.content',
    'gen_ai.completion.0.tool_calls.0.arguments',
    'gen_ai.response.text',
    'gen_ai.request.messages',
    'gen_ai.request.user',
    'ai.prompt',
    'ai.prompt.messages',
    'ai.response.text',
    'ai.response.object',
    'ai.toolCall.args',
    'ai.toolCall.result',
    'ai.telemetry.metadata.note',
    'ai.settings.context.profile',
    'input.value',
    'output.value',
    'llm.input_messages.0.message.content',
    'llm.input_messages.0.message.contents.0.message_content.text',
    'llm.output_messages.1.message.tool_calls.0.tool_call.function.arguments',
    'llm.prompts',
    'llm.invocation_parameters',
    'llm.prompt_template.variables',
    'retrieval.documents.0.document.content',
    'embedding.embeddings.0.embedding.text',
    'reranker.query',
    'tool.parameters',
    'metadata',
    'traceloop.entity.input',
    'traceloop.entity.output',
    'traceloop.association.properties.note',
    'langfuse.observation.input',
    'langfuse.observation.output',
    'langfuse.observation.metadata.x',
    'langfuse.trace.input',
    'langfuse.trace.metadata.y',
    'langfuse.trace.tags',
    'langfuse.observation.status_message',
    'gcp.vertex.agent.llm_request',
    'gcp.vertex.agent.llm_response',
    'gcp.vertex.agent.tool_call_args',
    'gcp.vertex.agent.tool_response',
    'gcp.vertex.agent.data',
    'spanledger.raw_mcp_response',
    'spanledger.error_message',
    'error.message',
    'exception.message',
    'mastra.input',
    'langsmith.metadata.q',
    'genkit:input',
    'sentry.sdk_meta.note',
    'inputs',
    'outputs',
    'prompt',
    'completion',
    'my.own.key',
    'question',
    'anything',
  ])('removes %s from a GenAI span', (key) => {
    const span = sampleSpan({ ...GENAI, [key]: SECRET, [`${key}.list`]: [SECRET] });
    const copy = filterOf().apply(span);
    expect(textOf(copy)).not.toContain(SECRET);
    expect(copy.attributes).toMatchObject(GENAI);
    expect(copy.droppedAttributesCount).toBe(2);
    expect(span.attributes[key]).toBe(SECRET);
  });

  it.each([
    'http.request.body',
    'http.response.body.content',
    'db.query.text',
    'db.statement',
    'db.query.parameter.0',
    'messaging.message.body',
    'graphql.document',
    'my.prompt',
    'app.user_question',
    'app.answer',
    'chat.message',
    'url.query',
    'exception.message',
    'http.request.header.authorization',
    'http.request.header.cookie',
    'app.password',
  ])('removes %s from any span', (key) => {
    expect(textOf(filterOf().apply(sampleSpan({ [key]: SECRET })))).not.toContain(SECRET);
  });

  it("keeps what the host's own spans say of themselves", () => {
    const attributes: Attributes = {
      'http.request.method': 'POST',
      'http.route': '/api/chat',
      'http.response.status_code': 200,
      'url.path': '/api/chat',
      'server.address': '127.0.0.1',
      'db.system': 'postgresql',
      'db.operation.name': 'SELECT',
      'customer.tier': 'gold',
      'cache.hit': true,
      'retry.count': 2,
      'shard.names': ['a', 'b'],
    };
    expect(filterOf().apply(sampleSpan(attributes)).attributes).toEqual(attributes);
  });

  it('cuts the query off a URL', () => {
    const copy = filterOf().apply(
      sampleSpan({ 'url.full': `https://example.com/chat?q=${SECRET}`, 'http.target': '/c?q=x#y' }),
    );
    expect(copy.attributes).toEqual({ 'url.full': 'https://example.com/chat', 'http.target': '/c' });
  });

  it.each(['gen_ai.user.message', 'gen_ai.choice', 'gen_ai.content.prompt', 'ai.stream.firstChunk', 'log'])(
    'removes content from the event %s',
    (name) => {
      const attributes: Attributes = {
        content: SECRET,
        message: SECRET,
        body: SECRET,
        'gen_ai.event.content': SECRET,
        'gen_ai.prompt': SECRET,
        index: 0,
      };
      const copy = filterOf().apply(sampleSpan(GENAI, { events: [{ name, time: [1, 0], attributes }] }));
      expect(copy.events).toMatchObject([{ name, attributes: { index: 0 } }]);
      expect(textOf(copy)).not.toContain(SECRET);
      expect(textOf(filterOf().apply(sampleSpan({}, { events: [{ name, time: [1, 0], attributes }] })))).not.toContain(
        SECRET,
      );
    },
  );

  it('keeps the type of an exception and the places of its stack, and not what it quotes', () => {
    const message = `Unexpected token in JSON: "${SECRET}"\n    at 5 pm ${SECRET}`;
    const stack = `SyntaxError: ${message}\n    at JSON.parse (<anonymous>)\n    at run (file:///app/main.js:10:3)\n  cause: ${SECRET}`;
    const attributes = { 'exception.type': 'SyntaxError', 'exception.message': message, 'exception.stacktrace': stack };
    const span = sampleSpan(GENAI, {
      status: { code: SpanStatusCode.ERROR, message },
      events: [{ name: 'exception', time: [1, 0], attributes }],
    });
    const copy = filterOf().apply(span);
    expect(copy.status).toEqual({ code: SpanStatusCode.ERROR, message: 'SyntaxError' });
    expect(copy.events[0]?.attributes).toEqual({
      'exception.type': 'SyntaxError',
      'exception.stacktrace': '    at JSON.parse (<anonymous>)\n    at run (file:///app/main.js:10:3)',
    });
    expect(textOf(copy)).not.toContain(SECRET);
  });

  it('removes content from links', () => {
    const links = [{ context: sampleSpan().spanContext(), attributes: { prompt: SECRET, 'session.id': 's' } }];
    expect(filterOf().apply(sampleSpan({}, { links })).links[0]?.attributes).toEqual({ 'session.id': 's' });
  });

  it('lets nothing through that is not what the API allows', () => {
    const odd = {
      'gen_ai.agent.name': { said: SECRET },
      'http.route': [null, { said: SECRET }],
    } as unknown as Attributes;
    expect(textOf(filterOf().apply(sampleSpan({ ...GENAI, ...odd })))).not.toContain(SECRET);
  });
});

describe('TraceContentFilter where content is asked for', () => {
  it('sends a field as its mode says', () => {
    const attributes: Attributes = {
      ...GENAI,
      'gen_ai.input.messages': SECRET,
      'gen_ai.tool.call.result': SECRET,
      'own.key': SECRET,
      'input.value': [SECRET],
    };
    const copy = filterOf([
      ['messages', { kind: 'truncate', maxCodePoints: 4 }],
      ['tools', { kind: 'hash' }],
      ['attributes', { kind: 'full' }],
    ]).apply(sampleSpan(attributes));
    expect(copy.attributes).toEqual({
      ...GENAI,
      'gen_ai.input.messages': 'what',
      'input.value': ['what'],
      'gen_ai.tool.call.result': expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      'own.key': SECRET,
    });
  });

  it.each([...CREDENTIALS, ...PERSONAL_DATA])(
    '$detector: $secret is gone from everything that is sent',
    ({ text, secret }) => {
      const full: ContentMode = { kind: 'full' };
      const filter = filterOf(
        [
          ['messages', full],
          ['tools', full],
          ['errors', full],
          ['attributes', full],
        ],
        { detectors: DETECTOR_NAMES },
      );
      const attributes: Attributes = {
        ...GENAI,
        'gen_ai.input.messages': text,
        'gen_ai.tool.call.result': text,
        'own.key': [text, text],
        'http.route': text,
        'url.full': text,
        'session.id': text,
        'exception.message': text,
      };
      const copy = filter.apply(
        sampleSpan(attributes, {
          name: text,
          status: { code: SpanStatusCode.ERROR, message: text },
          events: [{ name: text, time: [1, 0], attributes }],
          links: [{ context: sampleSpan().spanContext(), attributes }],
        }),
      );
      expect(textOf(copy)).not.toContain(JSON.stringify(secret).slice(1, -1));
    },
  );

  it('removes the text where a redactor fails', () => {
    const filter = filterOf([['messages', { kind: 'full' }]], {
      functions: [
        () => {
          throw new Error('broken');
        },
      ],
    });
    const copy = filter.apply(
      sampleSpan({ ...GENAI, 'gen_ai.input.messages': SECRET, 'session.id': SECRET }, { name: SECRET }),
    );
    expect(textOf(copy)).not.toContain(SECRET);
    expect(copy.name).toBe('redacted');
  });
});
