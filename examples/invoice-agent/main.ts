import './instrument.ts';
import { InMemoryRunner, LlmAgent, LogLevel, setLogLevel } from '@google/adk';
import { SpanledgerPlugin } from 'spanledger/adk';
import { CONVERSATIONS, type Conversation } from './conversations.ts';
import { ledger } from './instrument.ts';
import { writePdfs } from './invoice-pdfs.ts';
import { INVOICE_TOOLS } from './invoice-tools.ts';
import { ScriptedModel } from './scripted-model.ts';
import { showRows } from './show-rows.ts';

const APP = 'invoice-agent';
const startedAt = new Date();
const usesGemini = Boolean(process.env.GEMINI_API_KEY);

setLogLevel(LogLevel.ERROR);

const scripts = CONVERSATIONS.flat().map(({ question, steps }) => [question, steps] as const);
const agent = new LlmAgent({
  name: 'invoice_pdf_finder_agent',
  description: 'Finds invoices and bundles their PDFs.',
  instruction: 'You find invoices. Answer in Spanish, from the tools only, with the links that they give.',
  model: usesGemini ? 'gemini-2.5-flash' : new ScriptedModel(new Map(scripts)),
  tools: [...INVOICE_TOOLS],
});
const runner = new InMemoryRunner({ agent, appName: APP, plugins: [new SpanledgerPlugin()] });

/** Asks one question. A model that fails is a part of the demo. */
async function ask({ title, user, session, question }: Conversation): Promise<void> {
  const began = performance.now();
  await runner.sessionService.createSession({ appName: APP, userId: user, sessionId: session });
  let outcome = '✓';
  try {
    for await (const event of runner.runAsync({
      userId: user,
      sessionId: session,
      newMessage: { role: 'user', parts: [{ text: question }] },
    })) {
      if (event.errorCode !== undefined) outcome = '✗';
    }
  } catch {
    outcome = '✗';
  }
  console.log(`  ${outcome} ${title} (${user}, ${Math.round(performance.now() - began)} ms)`);
}

console.log(`Model: ${usesGemini ? 'gemini-2.5-flash' : 'scripted (set GEMINI_API_KEY for the real Gemini)'}`);
await writePdfs((done, total) => {
  if (done % 100 === 0) console.log(`  ${done} of ${total} invoices have their PDF`);
});
console.log('Questions:');
for (const together of CONVERSATIONS) await Promise.all(together.map(ask));

const { settled, detail } = await ledger.flush();
if (settled) {
  await showRows(ledger.config.values, startedAt);
} else {
  console.log(`\nNot every row is stored: ${detail}`);
  process.exitCode = 1;
}
