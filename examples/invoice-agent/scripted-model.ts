import { BaseLlm, type BaseLlmConnection, type LlmRequest, type LlmResponse } from '@google/adk';
import { FinishReason } from '@google/genai';

/** Tokens of one model call as Gemini reports them: `candidates` without `thoughts`, `prompt` with `cached`. */
export interface ScriptedUsage {
  readonly prompt: number;
  readonly candidates: number;
  readonly thoughts?: number;
  readonly cached?: number;
}

/** What the model does in one call. */
export type ScriptedStep =
  | { readonly call: string; readonly args: Readonly<Record<string, unknown>>; readonly usage: ScriptedUsage }
  /** Answers from what the tools gave, oldest first. */
  | { readonly answer: (results: readonly Record<string, unknown>[]) => string; readonly usage: ScriptedUsage }
  | { readonly fail: string };

/**
 * A model without a network that answers the demo's questions, always the same way. It keeps no state: which step is
 * next is read from the request, so that any number of users can ask at once.
 */
export class ScriptedModel extends BaseLlm {
  readonly #scripts: ReadonlyMap<string, readonly ScriptedStep[]>;

  /** @param scripts the steps for each question */
  constructor(scripts: ReadonlyMap<string, readonly ScriptedStep[]>) {
    super({ model: 'scripted-model' });
    this.#scripts = scripts;
  }

  override async *generateContentAsync(request: LlmRequest): AsyncGenerator<LlmResponse, void> {
    const { question, results } = readTurn(request);
    const step = this.#scripts.get(question)?.[results.length];
    if (step === undefined) throw new Error(`no script for ${JSON.stringify(question)}`);
    // A model takes its time.
    await new Promise((resolve) => setTimeout(resolve, 60));
    if ('fail' in step) throw new Error(step.fail);
    const part =
      'call' in step ? { functionCall: { name: step.call, args: { ...step.args } } } : { text: step.answer(results) };
    const { prompt, candidates, thoughts = 0, cached = 0 } = step.usage;
    yield {
      content: { role: 'model', parts: [part] },
      finishReason: FinishReason.STOP,
      modelVersion: 'scripted-model',
      usageMetadata: {
        promptTokenCount: prompt,
        candidatesTokenCount: candidates,
        ...(thoughts > 0 && { thoughtsTokenCount: thoughts }),
        ...(cached > 0 && { cachedContentTokenCount: cached }),
        totalTokenCount: prompt + candidates + thoughts,
      },
    };
  }

  override connect(): Promise<BaseLlmConnection> {
    throw new Error('the scripted model has no live connection');
  }
}

/** The question of the running turn, and what its tools have given so far. */
function readTurn({ contents }: LlmRequest): { question: string; results: Record<string, unknown>[] } {
  let question = '';
  let results: Record<string, unknown>[] = [];
  for (const part of contents.flatMap(({ role, parts }) => (role === 'user' ? (parts ?? []) : []))) {
    if (part.functionResponse !== undefined) {
      results.push(part.functionResponse.response ?? {});
    } else if (part.text !== undefined) {
      question = part.text;
      results = [];
    }
  }
  return { question, results };
}
