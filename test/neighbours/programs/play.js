// Plays conversations, all at once, with the program of a neighbour: `CONVERSATIONS=… node play.js FILE SCENARIO`.
const [file, scenario] = process.argv.slice(2);
const { answer, stream = answer } = await import(file);
const ask = scenario === 'stream' ? stream : answer;
const turns = JSON.parse(process.env.CONVERSATIONS).map((each) => ask(each.question, each.userId, each.sessionId));
for (const turn of await Promise.allSettled(turns)) {
  console.log(turn.status === 'fulfilled' ? turn.value : `failed: ${turn.reason?.message ?? turn.reason}`);
}
// A framework may keep the process alive; a host ends such a one by a signal.
setTimeout(() => process.kill(process.pid, 'SIGTERM'), 3000).unref();
