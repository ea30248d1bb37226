import { resolve } from 'node:path';
import { toJsonLine, toPrintable } from '../../base/printable.ts';
import { resolveConfig } from '../../config/resolve-config.ts';
import type { SettingValues } from '../../config/setting-values.ts';
import { createMappingOption } from '../../migration/mapping-option.ts'; // migration
import { readOtlpRows } from '../../replay/read-otlp-rows.ts';
import { SpanTally, type UnknownSpans } from '../../replay/span-tally.ts';
import { createCliDiagnostics } from '../cli-diagnostics.ts';
import type { RegisterCommand } from '../command-list.ts';
import type { CliContext, ExitCode } from '../context.ts';

interface MapOptions {
  readonly mapping: 'solid' | 'legacy'; // migration
  readonly config?: string;
  readonly json?: true;
}

export const registerMap: RegisterCommand = (command, context, finish) => {
  command
    .argument('<file...>', 'OTLP/JSON: a trace request a file, or one a line; - is standard input')
    .addOption(createMappingOption()) // migration
    .option('--config <file>', 'apply rules, prices, project and content policy of this configuration (default: none)')
    .option('--json', 'problems as JSON as well, one a line on standard error; records are always JSON')
    .action(async (files: readonly string[], options: MapOptions) => finish(await map(files, options, context)));
};

async function map(files: readonly string[], options: MapOptions, context: CliContext): Promise<ExitCode> {
  const problems: { readonly file: string; readonly problem: string }[] = [];
  let failed = false;
  const sayProblems = async (): Promise<void> => {
    for (const problem of problems.splice(0)) {
      failed = true;
      await context.stderr.write(
        options.json ? toJsonLine(problem) : toPrintable(`${problem.file}: ${problem.problem}`).concat('\n'),
      );
    }
  };
  const values = resolveValues(options, context);
  const tally = new SpanTally();
  let turns = 0;
  const rows = readOtlpRows({
    files,
    tally,
    values,
    context,
    diagnostics: createCliDiagnostics(values, context),
    clock: context.clock,
    report: (file, problem) => problems.push({ file, problem }),
  });
  for await (const { row } of rows) {
    await sayProblems();
    turns += 1;
    await context.stdout.write(toJsonLine(row));
    if (context.stdout.closed) break;
  }
  await sayProblems();
  const summary = { spans: tally.spans, turns, unrecognised: tally.unknown };
  await context.stderr.write(options.json ? toJsonLine(summary) : toPrintable(describe(summary)).concat('\n'));
  return failed ? 1 : 0;
}

interface Summary {
  readonly spans: number;
  readonly turns: number;
  readonly unrecognised: readonly UnknownSpans[];
}

function describe({ spans, turns, unrecognised }: Summary): string {
  const scopes = unrecognised.map(
    ({ scope, count, names }) => `${scope === '' ? 'no scope' : scope} (${count}: ${names.join(', ')})`,
  );
  return [
    `${spans} ${spans === 1 ? 'span' : 'spans'}, ${turns} ${turns === 1 ? 'turn' : 'turns'}`,
    ...(scopes.length === 0 ? [] : [`Not of an agent, a model or a tool: ${scopes.join('; ')}`]),
    ...(turns > 0 || spans === 0 ? [] : ['The README lists the instrumentations that are understood']),
  ].join('. ');
}

/** Without a configuration, the environment has no say either: the same spans give the same records everywhere. */
function resolveValues(options: MapOptions, { cwd, env }: CliContext): SettingValues {
  const { config } = options;
  const source =
    config === undefined ? ({ configFile: false, env: {} } as const) : { configFile: resolve(cwd, config), env };
  return resolveConfig({
    ...source,
    settings: { backend: options.mapping }, // migration
  }).values;
}
