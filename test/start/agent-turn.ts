/** One agent turn through nothing but the OpenTelemetry API, as any agent's code could make it. */
export const AGENT_TURN = `
export async function runTurn(api) {
  const tracer = api.trace.getTracer('agent');
  return tracer.startActiveSpan('invoke_agent invoice', { attributes: {
    'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'invoice',
    'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: 'How many invoices?' }] }]),
  } }, async (agent) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    tracer.startActiveSpan('chat gemini', { attributes: {
      'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'google', 'gen_ai.request.model': 'gemini',
      'gen_ai.usage.input_tokens': 12, 'gen_ai.usage.output_tokens': 3,
      'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: 'Twelve.' }] }]),
    } }, (model) => model.end());
    agent.end();
  });
}
`;

/** The row that the turn makes. */
export const AGENT_ROW = {
  agent_name: 'invoice',
  user_question: 'How many invoices?',
  agent_response: 'Twelve.',
  prompt_token_count: 12,
  candidates_token_count: 3,
  complete: 1,
};
