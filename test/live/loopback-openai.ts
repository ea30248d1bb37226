import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { openAiUsage } from '../support/provider-usage.ts';
import type { ScriptedTurn, ScriptStep } from './conversation-script.ts';

interface ChatRequest {
  readonly model: string;
  readonly stream?: boolean;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
}

/** An OpenAI-compatible chat server on the loopback interface that finds a turn's script by the last user message. */
export class LoopbackOpenAi {
  readonly #server: Server;
  readonly #left = new Map<string, { readonly steps: ScriptStep[]; readonly moment: () => Promise<void> }>();
  #ids = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => sendJson(response, 400, failure(String(error))));
    });
  }

  static async start(): Promise<LoopbackOpenAi> {
    const loopback = new LoopbackOpenAi();
    await new Promise<void>((resolve) => loopback.#server.listen(0, '127.0.0.1', resolve));
    return loopback;
  }

  get baseUrl(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server does not listen');
    return `http://127.0.0.1:${address.port}/v1`;
  }

  /** @param moment waits before each answer */
  serve({ question, steps }: ScriptedTurn, moment: () => Promise<void>): void {
    this.#left.set(question, { steps: [...steps], moment });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const piece of incoming) body += String(piece);
    const request: ChatRequest = JSON.parse(body);
    const asked = request.messages.findLast(({ role }) => role === 'user')?.content;
    const script = this.#left.get(String(asked));
    await script?.moment();
    const step = script?.steps.shift();
    if (step === undefined) sendJson(response, 400, failure('no script'));
    else if (step.does === 'fail') sendJson(response, 500, failure(step.message));
    else if (request.stream === true) this.#stream(response, request.model, step);
    else sendJson(response, 200, this.#completion(request.model, step));
  }

  #completion(model: string, step: Exclude<ScriptStep, { does: 'fail' }>): object {
    const message =
      step.does === 'say'
        ? { role: 'assistant', content: step.text, refusal: null }
        : { role: 'assistant', content: null, refusal: null, tool_calls: this.#toolCalls(step.tools) };
    const choice = { index: 0, message, logprobs: null, finish_reason: finishReason(step) };
    return { ...this.#envelope(model, 'chat.completion'), choices: [choice], usage: openAiUsage(step.tokens) };
  }

  #stream(response: ServerResponse, model: string, step: Exclude<ScriptStep, { does: 'fail' }>): void {
    const envelope = this.#envelope(model, 'chat.completion.chunk');
    const send = (chunk: object): void => {
      response.write(`data: ${JSON.stringify({ ...envelope, ...chunk })}\n\n`);
    };
    const delta = (content: object, reason: string | null = null): void =>
      send({ choices: [{ index: 0, delta: content, logprobs: null, finish_reason: reason }], usage: null });
    response.setHeader('content-type', 'text/event-stream');
    delta({ role: 'assistant', content: '' });
    if (step.does === 'say') for (const content of step.text.match(/.{1,9}/g) ?? []) delta({ content });
    else for (const [index, call] of this.#toolCalls(step.tools).entries()) delta({ tool_calls: [{ index, ...call }] });
    delta({}, finishReason(step));
    send({ choices: [], usage: openAiUsage(step.tokens) });
    response.end('data: [DONE]\n\n');
  }

  #toolCalls(names: readonly string[]): object[] {
    return names.map((name) => ({ id: this.#id('call'), type: 'function', function: { name, arguments: '{}' } }));
  }

  #envelope(model: string, object: string): object {
    return { id: this.#id('chatcmpl'), created: 1_760_000_000, model: `${model}-2025-04-14`, object };
  }

  #id(prefix: string): string {
    this.#ids += 1;
    return `${prefix}-${this.#ids}`;
  }
}

function finishReason(step: ScriptStep): string {
  return step.does === 'say' ? 'stop' : 'tool_calls';
}

function failure(message: string): object {
  return { error: { message, type: 'server_error', code: null, param: null } };
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
