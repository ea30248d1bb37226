/** One turn on an OpenAI client, with a loop of tools. */
export async function converse(client, question) {
  const name = 'count_invoices';
  const parameters = { type: 'object', properties: { status: { type: 'string' } } };
  const tools = [{ type: 'function', function: { name, description: 'Counts invoices', parameters } }];
  const messages = [{ role: 'user', content: question }];
  while (true) {
    const { choices } = await client.chat.completions.create({ model: 'gpt-4.1-mini', messages, tools });
    const { message } = choices[0];
    messages.push(message);
    if (message.tool_calls === undefined) return message.content;
    for (const { id } of message.tool_calls) messages.push({ role: 'tool', tool_call_id: id, content: '12' });
  }
}

/** One turn of one call, streamed. */
export async function converseStreamed(client, question) {
  const messages = [{ role: 'user', content: question }];
  const options = { model: 'gpt-4.1-mini', stream: true, stream_options: { include_usage: true } };
  let text = '';
  for await (const { choices } of await client.chat.completions.create({ ...options, messages })) {
    text += choices[0]?.delta.content ?? '';
  }
  return text;
}

/** One turn on an Anthropic client, with a loop of tools. */
export async function converseWithClaude(client, question) {
  const input_schema = { type: 'object', properties: { status: { type: 'string' } } };
  const tools = [{ name: 'count_invoices', description: 'Counts invoices', input_schema }];
  const messages = [{ role: 'user', content: question }];
  while (true) {
    const { content } = await client.messages.create({ model: 'claude-sonnet-4-5', max_tokens: 500, messages, tools });
    messages.push({ role: 'assistant', content });
    const asked = content.filter(({ type }) => type === 'tool_use');
    if (asked.length === 0) return content[0].text;
    const results = asked.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: '12' }));
    messages.push({ role: 'user', content: results });
  }
}
