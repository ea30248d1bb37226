/**
 * Side-effect entry: `import 'spanledger/instrument'`, or `node --import spanledger/instrument app.js`.
 * A configuration that cannot be used is said, and the agent runs on without rows: starting it matters more.
 */
import { describeError } from './base/errors.ts';
import { start } from './start/start.ts';

try {
  start();
} catch (error) {
  process.stderr.write(`[spanledger] not started: ${describeError(error)}\n`);
}
