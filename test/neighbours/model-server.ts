import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { anthropic } from './protocols/anthropic.ts';
import { gemini } from './protocols/gemini.ts';
import { openAiChat } from './protocols/openai-chat.ts';
import { openAiResponses } from './protocols/openai-responses.ts';
import type { Protocol } from './protocols/protocol.ts';
import type { Conversation } from './scenarios.ts';
import type { Step } from './step.ts';

const PROTOCOLS: readonly Protocol[] = [openAiChat, openAiResponses, anthropic, gemini];

/**
 * A model on the loopback interface that speaks the protocols of the providers and plays scripts, and beside it an OTLP
 * receiver (JSON) that keeps the spans.
 */
export class ModelServer {
  readonly #server: Server;
  #conversations: readonly Conversation[] = [];
  readonly #asked = new Map<string, { count: number; model: string }>();
  #resourceSpans: unknown[] = [];

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => send(response, 500, { error: String(error) }));
    });
  }

  static async start(): Promise<ModelServer> {
    const model = new ModelServer();
    await new Promise<void>((resolve) => model.#server.listen(0, '127.0.0.1', resolve));
    return model;
  }

  /**
   * Forgets what was before. A request belongs to the conversation whose question it names last; a script that has come to
   * its end begins anew.
   */
  play(conversations: readonly Conversation[]): void {
    this.#conversations = conversations;
    this.#asked.clear();
    this.#resourceSpans = [];
  }

  /** The model that was asked, `null` where none was. */
  modelOf({ question }: Conversation): string | null {
    return this.#asked.get(question)?.model ?? null;
  }

  /** The spans since {@link play}, as one OTLP/JSON request. */
  get otlp(): { readonly resourceSpans: readonly unknown[] } {
    return { resourceSpans: this.#resourceSpans };
  }

  /** What leads the clients of the providers here; nothing else of a program is changed. */
  get environment(): Readonly<Record<string, string>> {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server does not listen');
    const origin = `http://127.0.0.1:${address.port}`;
    return {
      ...{ OPENAI_BASE_URL: `${origin}/v1`, OPENAI_API_KEY: 'none' },
      ...{ ANTHROPIC_BASE_URL: origin, ANTHROPIC_API_KEY: 'none' },
      ...{ GOOGLE_GEMINI_BASE_URL: origin, GEMINI_API_KEY: 'none', GOOGLE_API_KEY: 'none' },
      ...{ OTEL_EXPORTER_OTLP_ENDPOINT: origin, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
    };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const piece of request.setEncoding('utf8')) body += String(piece);
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/v1/traces') {
      this.#resourceSpans.push(...JSON.parse(body).resourceSpans);
      return send(response, 200, {});
    }
    const protocol = PROTOCOLS.find(({ path }) => path.test(pathname));
    if (protocol === undefined) return send(response, 404, { error: { message: `${pathname} is not served` } });
    const asked = JSON.parse(body);
    const model: string = asked.model ?? /models\/([^:]+):/.exec(pathname)?.[1];
    const step = this.#nextStep(body, model);
    if (step === undefined || step.does === 'fail') {
      return send(response, 400, protocol.failure(step?.message ?? 'No script for this request.'));
    }
    if (asked.stream !== true && !/:stream/.test(pathname)) return send(response, 200, protocol.whole(step, model));
    response.setHeader('content-type', 'text/event-stream');
    for (const { event, data } of protocol.events(step, model)) {
      if (event !== undefined) response.write(`event: ${event}\n`);
      response.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
    }
    response.end();
  }

  #nextStep(body: string, model: string): Step | undefined {
    const named = this.#conversations.filter(({ question }) => body.includes(question));
    const conversation = named.sort((a, b) => body.lastIndexOf(b.question) - body.lastIndexOf(a.question))[0];
    if (conversation === undefined) return undefined;
    const { question, steps } = conversation;
    const count = this.#asked.get(question)?.count ?? 0;
    this.#asked.set(question, { count: count + 1, model });
    return steps[count % steps.length];
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
