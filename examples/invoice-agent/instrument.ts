// Starts the ledger before anything else is loaded. The host keeps working as it is: no other line of it changes.
import { fileURLToPath } from 'node:url';
import { type StartedSpanledger, start } from 'spanledger';

process.env.OTEL_SERVICE_NAME ??= 'invoice-agent';

export const ledger: StartedSpanledger = start({
  configFile: process.env.SPANLEDGER_CONFIG ?? fileURLToPath(new URL('config.yaml', import.meta.url)),
});
