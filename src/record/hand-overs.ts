import { parseContainer, property } from '../base/json-value.ts';
import { textOf } from './dialects/span-attributes.ts';
import type { TurnSpan } from './turn-spans.ts';

// What frameworks hand over through, and the envelope around parallel calls.
const NO_TOOLS: ReadonlySet<string> = new Set(['transfer_to_agent', 'handoff', '(merged)', '(merged tools)']);
const NAMES_AGENT = /^transfer_(?:back_)?to_(.+)$/;

/**
 * Tells what hands the conversation over to another agent from the tools of the application. `transfer_to_X` is a
 * hand-over where X is an agent of this turn, or where LangGraph says so; any other name that begins so is a tool.
 */
export function handOversOf(spans: readonly TurnSpan[]): (name: string, tool?: TurnSpan) => boolean {
  const agents = new Set(spans.flatMap(agentNames).map(normalise));
  return (name, tool) => {
    if (NO_TOOLS.has(name)) return true;
    const [, agent] = NAMES_AGENT.exec(name) ?? [];
    return agent !== undefined && (agents.has(normalise(agent)) || saysSo(tool));
  };
}

function agentNames({ kind, reading, span }: TurnSpan): readonly string[] {
  const names = kind === 'tool' || reading.name === undefined ? [] : [reading.name];
  return kind === 'agent' ? [...names, span.name] : names;
}

function saysSo(tool: TurnSpan | undefined): boolean {
  const metadata = textOf(tool?.span.attributes ?? {}, 'metadata') ?? '';
  return property(parseContainer(metadata), '__handoff_destination') !== undefined;
}

/** A tool's name has no white space and no capitals where an agent's has. */
function normalise(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '_');
}
