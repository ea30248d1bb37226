// Plays conversations, all at once, with the program of a neighbour: `node play.js FILE CONVERSATIONS`.
const [file, conversations] = process.argv.slice(2);
const { answer } = await import(file);
const turns = JSON.parse(conversations).map(({ question, userId, sessionId }) => answer(question, userId, sessionId));
for (const turn of await Promise.allSettled(turns)) {
  console.log(turn.status === 'fulfilled' ? turn.value : `failed: ${turn.reason?.message ?? turn.reason}`);
}
