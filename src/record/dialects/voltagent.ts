import { readMessages } from '../messages/read-messages.ts';
import { countsNamed, reportedUsage } from '../reported-usage.ts';
import type { Dialect, SpanKind } from './dialect.ts';
import { statusError, textOf, textsOf } from './span-attributes.ts';

const SCOPE = '@voltagent/core';
const TYPE = 'span.type';
const KINDS: ReadonlyMap<string, SpanKind> = new Map([
  ['llm', 'model'],
  ['tool', 'tool'],
  ['agent', 'agent'],
]);

/**
 * VoltAgent. The agent's own usage is the turn's: its one span of a model, `llm:generateText`, holds all steps and the
 * usage of the last.
 */
export const VOLTAGENT: Dialect = {
  name: 'voltagent',
  kindOf({ scope, attributes }) {
    if (scope.name !== SCOPE) return undefined;
    const type = textOf(attributes, TYPE);
    // Every span of an agent says whose it is; the agent's own alone has no type.
    if (type === undefined) return textOf(attributes, 'entity.type') === 'agent' ? 'agent' : 'step';
    return KINDS.get(type) ?? 'step';
  },
  read(span, kind) {
    const { attributes } = span;
    const error = statusError(span);
    const model = textOf(attributes, 'llm.model', 'ai.model.name');
    return {
      name: textOf(attributes, kind === 'tool' ? 'tool.name' : 'entity.name'),
      callId: textOf(attributes, 'tool.call.id'),
      requestModel: model,
      finishReasons: textsOf(attributes, 'llm.finish_reason', 'ai.response.finish_reason'),
      usage: kind === 'agent' ? reportedUsage(countsNamed('paths', (path) => attributes[`usage.${path}`])) : undefined,
      error,
      answered: error === undefined && span.endTimeUnixNano !== undefined,
      input: () => readMessages(textOf(attributes, 'llm.messages', 'input'), 'user'),
      output: () => readMessages(textOf(attributes, 'output'), 'assistant'),
    };
  },
};
