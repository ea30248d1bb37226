import { systemClock } from '../../src/base/clock.ts';
import type { CliContext } from '../../src/cli/context.ts';
import { runCli } from '../../src/cli/run-cli.ts';

export interface CliRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, with nothing of the real environment. */
export async function runTestCli(
  argv: readonly string[],
  context: Partial<Omit<CliContext, 'stdin' | 'stdout' | 'stderr'>> & {
    readonly stdin?: string;
    readonly isTTY?: boolean;
    readonly columns?: number;
  } = {},
): Promise<CliRun> {
  const { stdin = '', isTTY = false, columns, ...rest } = context;
  const written = { stdout: '', stderr: '' };
  const output = (stream: 'stdout' | 'stderr'): CliContext['stdout'] => ({
    isTTY,
    columns,
    closed: false,
    async write(text) {
      written[stream] += text;
    },
  });
  const exitCode = await runCli(argv, {
    cwd: process.cwd(),
    env: {},
    clock: systemClock,
    ...rest,
    stdin: (async function* () {
      yield Buffer.from(stdin);
    })(),
    stdout: output('stdout'),
    stderr: output('stderr'),
  });
  return { exitCode, ...written };
}
