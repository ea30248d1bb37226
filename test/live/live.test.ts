import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context, propagation, type Span, trace } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDiagnostics } from '../../src/base/diagnostics.ts';
import type { ConversationRecord } from '../../src/record/conversation-columns.ts';
import { createSpanledger, type Spanledger } from '../../src/start/spanledger.ts';
import { readStoredRows } from '../support/read-stored-rows.ts';
import { runOnAdk } from './adk-driver.ts';
import { registerAiSdkTelemetry, runOnAiSdk } from './ai-sdk-driver.ts';
import { type ConversationDriver, type ScriptedConversation, scriptConversations } from './conversation-script.ts';
import { expectedRow, toldColumns } from './expected-row.ts';
import { instrumentLangChain, langChainDriver } from './langchain-driver.ts';
import { LoopbackOpenAi } from './loopback-openai.ts';
import { Pace } from './pace.ts';

// One process, one provider, three real frameworks at once, and the real local store behind them.

const CONVERSATIONS = 24;
const FRAMEWORKS = ['adk', 'ai', 'langchain'] as const;

const said: string[] = [];
const directory = mkdtempSync(join(tmpdir(), 'spanledger-live-'));
const localPath = join(directory, 'spanledger.db');
const scripts = new Map(FRAMEWORKS.map((name, seed) => [name, scriptConversations(name, CONVERSATIONS, seed + 1)]));
let ledger: Spanledger;
let server: LoopbackOpenAi;
let rows: readonly ConversationRecord[] = [];
let job: Span;

beforeAll(async () => {
  ledger = createSpanledger({
    configFile: false,
    env: {},
    store: 'local',
    localPath,
    diagnostics: createDiagnostics({ write: (line) => said.push(line) }),
  });
  const provider = new NodeTracerProvider({ spanProcessors: [...ledger.spanProcessors], sampler: ledger.sampler });
  provider.register();
  registerAiSdkTelemetry();
  instrumentLangChain(provider);
  server = await LoopbackOpenAi.start();
  const drivers: Record<(typeof FRAMEWORKS)[number], ConversationDriver> = {
    adk: runOnAdk,
    ai: runOnAiSdk,
    langchain: langChainDriver(server),
  };
  // Conversations of agents, every other one, run under a job that goes on: many turns of two frameworks in one trace.
  // LangChain's spans name no agent: under one span of the host they would be one turn.
  job = provider.getTracer('host').startSpan('nightly-job');
  const underJob = trace.setSpan(context.active(), job);
  const pace = new Pace(FRAMEWORKS.length * CONVERSATIONS);
  const runs = FRAMEWORKS.flatMap((name) =>
    conversationsOf(name).map((conversation, number) => {
      const parent = name !== 'langchain' && number % 2 === 0 ? underJob : context.active();
      return context.with(parent, () => drivers[name](conversation, pace));
    }),
  );
  await Promise.all(runs);
  await ledger.flush();
  rows = readStoredRows(localPath);
});

afterAll(async () => {
  job.end();
  await ledger.shutdown();
  await server.stop();
  trace.disable();
  context.disable();
  propagation.disable();
  rmSync(directory, { recursive: true });
});

function conversationsOf(name: (typeof FRAMEWORKS)[number]): readonly ScriptedConversation[] {
  return scripts.get(name) ?? [];
}

describe('ADK, AI SDK 7 and LangChain in one process', () => {
  it('give one row a turn, with ids of their own, and no problem', () => {
    expect(rows).toHaveLength(FRAMEWORKS.length * CONVERSATIONS * 3);
    expect(new Set(rows.map((row) => row.message_id)).size).toBe(rows.length);
    const inJob = rows.filter((row) => row.trace_id === job.spanContext().traceId);
    expect(inJob).toHaveLength(CONVERSATIONS * 3);
    expect(new Set(rows.map((row) => row.trace_id)).size).toBe(rows.length - inJob.length + 1);
    expect(ledger.stats()).toMatchObject({
      turns: { turns: rows.length, amendments: 0, failedExports: 0, droppedSpans: {}, heldSpans: expect.any(Number) },
      rows: { received: rows.length, stored: rows.length, pending: 0, dropped: {} },
      problems: {},
    });
    expect(said).toEqual([]);
  });

  it('ran all at once', () => {
    const first = rows.filter((row) => row.user_question?.includes('turn 0') === true);
    const ends = first.map((row) => row.end_timestamp ?? '').sort();
    expect(first.map((row) => row.timestamp).filter((start) => start > (ends[0] ?? ''))).toEqual([]);
  });

  it.each(FRAMEWORKS)('give exact rows: %s', (name) => {
    for (const conversation of conversationsOf(name)) {
      for (const turn of conversation.turns) {
        const expected = expectedRow(conversation, turn);
        const own = rows.filter((row) => row.user_question === turn.question);
        expect(own.map((row) => toldColumns(row, expected))).toEqual([expected]);
        const failed = turn.steps.find((step) => step.does === 'fail');
        if (failed === undefined) expect(own[0]?.error_message).toBeNull();
        else expect(own[0]?.error_message).toContain(failed.message);
      }
    }
  });

  it('hold the invariant of the token algebra in every row', () => {
    for (const row of rows.filter((each) => each.total_token_count !== null)) {
      const parts = [
        row.prompt_token_count,
        row.candidates_token_count,
        row.thoughts_token_count,
        row.tool_use_prompt_token_count,
      ];
      expect(row.total_token_count).toBe(parts.reduce<number>((sum, part) => sum + (part ?? 0), 0));
    }
  });
});
