import { describe, expect, it } from 'vitest';
import { classifySpan } from '../../../src/record/dialects/classify-span.ts';
import type { Attributes } from '../../../src/spans/span-snapshot.ts';
import type { SpanIdentity, SpanRole } from '../../../src/spans/turn.ts';

function role(name: string, attributes: Attributes = {}, scope = 'app'): SpanRole {
  const span: SpanIdentity = { name, attributes, scope: { name: scope, version: undefined } };
  return classifySpan(span);
}

const ADK = 'gcp.vertex.agent';

describe('begins or nests a turn', () => {
  it.each([
    ['GenAI conventions', 'invoke_agent a', { 'gen_ai.operation.name': 'invoke_agent' }, 'app'],
    ['a graph of agents', 'invoke_workflow w', { 'gen_ai.operation.name': 'invoke_workflow' }, 'app'],
    ['ADK, by its name alone', 'invoke_agent a', {}, ADK],
    ['AI SDK 6', 'ai.streamText', { 'ai.operationId': 'ai.streamText' }, 'ai'],
    ['AI SDK 7', 'invoke_agent m', { 'gen_ai.operation.name': 'invoke_agent' }, 'gen_ai'],
    ['OpenInference', 'x', { 'openinference.span.kind': 'AGENT' }, 'app'],
    ['Langfuse', 'x', { 'langfuse.observation.type': 'agent' }, 'langfuse-sdk'],
    ['Mastra', 'invoke_agent a', { 'mastra.span.type': 'agent_run', 'gen_ai.operation.name': 'invoke_agent' }, 'm'],
    ['OpenLLMetry agent', 'x', { 'traceloop.span.kind': 'agent', 'traceloop.entity.name': 'x' }, '@traceloop/s'],
    ['OpenLLMetry workflow', 'x', { 'traceloop.span.kind': 'workflow', 'traceloop.entity.name': 'x' }, '@traceloop/s'],
    ['Sentry', 'x', { 'sentry.op': 'gen_ai.invoke_agent', 'gen_ai.operation.name': 'invoke_agent' }, '@sentry/node'],
  ])('%s', (_, name, attributes, scope) => {
    expect(role(name, attributes, scope)).toBe('agent');
  });
});

describe('belongs to a turn', () => {
  it.each([
    ['a model call', 'chat m', { 'gen_ai.operation.name': 'chat' }, 'app'],
    ['an older model call', 'm', { 'gen_ai.system': 'openai', 'gen_ai.request.model': 'm' }, 'app'],
    ['a chain', 'LangGraph', { 'openinference.span.kind': 'CHAIN' }, 'app'],
    ['a model call of AI SDK', 'x', { 'ai.operationId': 'ai.generateText.doGenerate' }, 'ai'],
    ['an embedding', 'x', { 'ai.operationId': 'ai.embed' }, 'ai'],
    ['ADK’s model call that failed', 'call_llm', {}, ADK],
    ['ADK’s envelope of parallel tools', 'execute_tool (merged)', {}, ADK],
    ['a chain that OpenLLMetry calls a workflow', 'x', { 'traceloop.span.kind': 'workflow' }, '@traceloop/l'],
    ['LangSmith', 'x', { 'langsmith.span.kind': 'chain' }, 'langsmith'],
    ['a function that OpenLIT wraps', 'x', {}, 'openlit'],
  ])('%s', (_, name, attributes, scope) => {
    expect(role(name, attributes, scope)).toBe('genai');
  });
});

describe('is a tool', () => {
  it.each([
    ['by the conventions', 'execute_tool t', { 'gen_ai.operation.name': 'execute_tool' }, 'app'],
    ['of ADK, even without attributes', 'execute_tool t', {}, ADK],
    ['of OpenInference', 'x', { 'openinference.span.kind': 'TOOL' }, 'app'],
    ['of OpenLLMetry', 'x', { 'traceloop.span.kind': 'tool' }, '@traceloop/s'],
  ])('%s', (_, name, attributes, scope) => {
    expect(role(name, attributes, scope)).toBe('tool');
  });
});

describe('makes no row', () => {
  it.each([
    ['a server', 'POST /chat', { 'http.request.method': 'POST' }, 'http'],
    ['ADK’s invocation', 'invocation', {}, ADK],
    ['the making of an agent', 'create_agent a', { 'gen_ai.operation.name': 'create_agent' }, 'app'],
    ['Sentry’s HTTP span', 'POST', { 'sentry.op': 'http.client' }, '@sentry/node'],
    ['anybody’s span', 'x', {}, 'app'],
  ])('%s', (_, name, attributes, scope) => {
    expect(role(name, attributes, scope)).toBe('other');
  });
});

it('takes a ZIP for a part of the turn above it', () => {
  expect(role('zip.create')).toBe('part');
});
