// Links the package's own command into node_modules/.bin, so that `npx spanledger` runs this checkout, with the Node
// that the package `node` brings. Without it, npx would install the checkout into its cache and build it again.
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';

const link = new URL('../node_modules/.bin/spanledger', import.meta.url);
mkdirSync(new URL('.', link), { recursive: true });
rmSync(link, { force: true });
symlinkSync('../../dist/src/cli/main.js', link);
chmodSync(new URL('../dist/src/cli/main.js', import.meta.url), 0o755);
