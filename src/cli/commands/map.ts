import { resolve } from 'node:path';
import { Option } from 'commander';
import { toJsonLine, toPrintable } from '../../base/printable.ts';
import type { ConversationRecord } from '../../record/conversation-columns.ts';
import { readTurns } from '../../replay/read-turns.ts';
import type { Turn } from '../../spans/turn.ts';
import type { RegisterCommand } from '../command-list.ts';
import type { CliContext, ExitCode } from '../context.ts';

interface MapOptions {
  readonly mapping: 'solid' | 'legacy';
  readonly config?: string;
  readonly json?: true;
}

export const registerMap: RegisterCommand = (command, context, finish) => {
  command
    .argument('<file...>', 'OTLP/JSON: a trace request a file, or one a line; - is standard input')
    .addOption(
      new Option('--mapping <name>', 'which mapping makes the records').choices(['solid', 'legacy']).default('solid'),
    )
    .option('--config <file>', 'apply the rules, prices and project of this configuration (default: none)')
    .option('--json', 'problems as JSON as well, one a line on standard error; records are always JSON')
    .action(async (files: readonly string[], options: MapOptions) => finish(await map(files, options, context)));
};

async function map(files: readonly string[], options: MapOptions, context: CliContext): Promise<ExitCode> {
  const buildRow = await loadMapping(options, context);
  const problems: { readonly file: string; readonly problem: string }[] = [];
  const turns = readTurns(files, context, (file, problem) => problems.push({ file, problem }));
  let failed = false;
  const sayProblems = async (): Promise<void> => {
    for (const problem of problems.splice(0)) {
      failed = true;
      await context.stderr.write(
        options.json ? toJsonLine(problem) : toPrintable(`${problem.file}: ${problem.problem}`).concat('\n'),
      );
    }
  };
  for await (const turn of turns) {
    await sayProblems();
    await context.stdout.write(toJsonLine(buildRow(turn)));
    if (context.stdout.closed) break;
  }
  await sayProblems();
  return failed ? 1 : 0;
}

/** The legacy mapping is to be deleted one day: it is loaded only where it is asked for. */
async function loadMapping(options: MapOptions, context: CliContext): Promise<(turn: Turn) => ConversationRecord> {
  if (options.mapping === 'solid') return loadSolidMapping(options.config, context);
  const [{ readTurn }, { buildLegacyRecord }] = await Promise.all([
    import('../../record/read-turn.ts'),
    import('../../migration/build-legacy-record.ts'),
  ]);
  return (turn) => buildLegacyRecord(readTurn(turn));
}

async function loadSolidMapping(
  config: string | undefined,
  { cwd, env }: CliContext,
): Promise<(turn: Turn) => ConversationRecord> {
  const { buildRecord } = await import('../../record/build-record.ts');
  if (config === undefined) return (turn) => buildRecord(turn);
  const [{ resolveConfig }, { enrichRecord }, { INVOICE_AGENT_RULES }, { buildRuleEnrichers }] = await Promise.all([
    import('../../config/resolve-config.ts'),
    import('../../record/enrich.ts'),
    import('../../record/invoice-agent-rules.ts'),
    import('../../record/rule-enrichers.ts'),
  ]);
  const { values } = resolveConfig({ configFile: resolve(cwd, config), env });
  const enrichers = values.rules === 'invoice-agent' ? buildRuleEnrichers(INVOICE_AGENT_RULES) : [];
  return (turn) => {
    const record = buildRecord(turn, { bigqueryProject: values.project, prices: values.prices });
    return enrichRecord(record, turn, enrichers);
  };
}
