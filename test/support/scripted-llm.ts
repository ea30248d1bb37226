import { BaseLlm, type BaseLlmConnection, type LlmRequest, type LlmResponse } from '@google/adk';

/** One answer of the model: its response pieces, or what it throws. */
export type ScriptStep = readonly LlmResponse[] | Error;

/** A model that answers by script, one step a call. */
export class ScriptedLlm extends BaseLlm {
  readonly #steps: ScriptStep[];

  constructor(...steps: ScriptStep[]) {
    super({ model: 'gemini-2.5-flash' });
    this.#steps = steps;
  }

  override async *generateContentAsync(_request: LlmRequest): AsyncGenerator<LlmResponse, void> {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const step = this.#steps.shift() ?? new Error('the script is over');
    if (step instanceof Error) throw step;
    for (const response of step) yield response;
  }

  override connect(): Promise<BaseLlmConnection> {
    return Promise.reject(new Error('not live'));
  }
}

export interface ScriptedUsage {
  readonly prompt: number;
  readonly candidates: number;
  readonly thoughts?: number;
  readonly cached?: number;
}

export function say(text: string, usage?: ScriptedUsage): LlmResponse {
  return { content: { role: 'model', parts: [{ text }] }, ...usageOf(usage), modelVersion: 'gemini-2.5-flash-001' };
}

export function callTool(name: string, args: Record<string, unknown>, usage?: ScriptedUsage): LlmResponse {
  return { content: { role: 'model', parts: [{ functionCall: { name, args } }] }, ...usageOf(usage) };
}

function usageOf(usage: ScriptedUsage | undefined): Pick<LlmResponse, 'usageMetadata'> {
  if (usage === undefined) return {};
  const { prompt, candidates, thoughts, cached } = usage;
  return {
    usageMetadata: {
      promptTokenCount: prompt,
      candidatesTokenCount: candidates,
      totalTokenCount: prompt + candidates + (thoughts ?? 0),
      ...(thoughts !== undefined && { thoughtsTokenCount: thoughts }),
      ...(cached !== undefined && { cachedContentTokenCount: cached }),
    },
  };
}
