#!/usr/bin/env node
// The executable. It always runs: asking "am I the main module?" fails behind a symlink, which is how npm installs it.
import { systemClock } from '../base/clock.ts';
import { createProcessOutput } from './process-output.ts';
import { runCli } from './run-cli.ts';

// The exit code is set, not forced: Node ends by itself once the streams have taken everything.
process.exitCode = await runCli(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  stdin: process.stdin,
  stdout: createProcessOutput(process.stdout),
  stderr: createProcessOutput(process.stderr),
  clock: systemClock,
});
