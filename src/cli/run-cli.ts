import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { ConfigurationError, describeError } from '../base/errors.ts';
import { toPrintable } from '../base/printable.ts';
import { COMMANDS } from './command-list.ts';
import type { CliContext, ExitCode } from './context.ts';

/**
 * Runs one command line to its end. Never throws, never ends the process.
 *
 * @param argv arguments without the interpreter and the script
 * @returns the exit code, after everything was handed to the streams
 */
export async function runCli(argv: readonly string[], context: CliContext): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  let written: Promise<void> = Promise.resolve();
  const program = new Command('spanledger')
    .description('One trustworthy BigQuery row per agent turn, built from OpenTelemetry spans.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        written = context.stdout.write(text);
      },
      writeErr: (text) => {
        written = context.stderr.write(text);
      },
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError('(spanledger --help lists the commands)');
  for (const { name, summary, load } of COMMANDS) {
    const command = program.command(name).description(summary).showHelpAfterError(`(spanledger ${name} --help)`);
    if (!argv.includes(name)) continue;
    const register = await load();
    register(command, context, (code) => {
      exitCode = code;
    });
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version are answers; without a command, help is the complaint (`commander.help`).
      exitCode = error.exitCode === 0 ? 0 : 2;
    } else {
      exitCode = error instanceof ConfigurationError ? 2 : 1;
      const problems =
        error instanceof ConfigurationError
          ? error.problems.map(({ key, problem }) => `${key} ${problem}`)
          : [describeError(error)];
      written = context.stderr.write(problems.map((each) => `spanledger: ${toPrintable(each)}\n`).join(''));
    }
  }
  await written;
  return exitCode;
}

function packageVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('spanledger/package.json');
  const known = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return known ? String(manifest.version) : 'unknown';
}
