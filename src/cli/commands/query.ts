import { Argument, InvalidArgumentError } from 'commander';
import { toJsonText } from '../../base/printable.ts';
import type { NamedQuery } from '../../delivery/store-reader.ts';
import { NAMED_QUERIES } from '../../store/named-queries.ts';
import type { RegisterCommand } from '../command-list.ts';
import type { CliContext } from '../context.ts';
import { lineWidth } from '../display-width.ts';
import { openStore, storeTables } from '../open-store.ts';
import { addTargetOptions, resolveTarget, type TargetOptions } from '../target.ts';

interface QueryOptions extends TargetOptions {
  readonly days: number;
  readonly limit: number;
  readonly sql?: true;
  readonly json?: true;
}

const DAY_MILLIS = 86_400_000;

export const registerQuery: RegisterCommand = (command, context) => {
  addTargetOptions(command)
    .addArgument(
      new Argument('[name]', 'the question; without it, the questions are listed').choices(
        NAMED_QUERIES.map(({ name }) => name),
      ),
    )
    .option('--days <n>', 'days to look back, today included', count, 30)
    .option('--limit <n>', 'most rows of a ranking', count, 20)
    .option('--sql', 'print the SQL and do not run it')
    .option('--json', 'the rows as JSON')
    .action(async (name: string | undefined, options: QueryOptions) => {
      const query = NAMED_QUERIES.find((each) => each.name === name);
      await context.stdout.write(
        await (query === undefined ? list(options, context) : answer(query, options, context)),
      );
    });
};

async function list({ json }: QueryOptions, context: CliContext): Promise<string> {
  const questions = NAMED_QUERIES.map(({ name, question }) => ({ name, question }));
  if (json) return toJsonText(questions);
  const { renderTable } = await import('../render-table.ts');
  return renderTable(['name', 'question'], questions, { width: lineWidth(context), whole: ['name'] });
}

async function answer(query: NamedQuery, options: QueryOptions, context: CliContext): Promise<string> {
  const target = resolveTarget(options, context);
  const since = new Date(context.clock.now() - (options.days - 1) * DAY_MILLIS).toISOString().slice(0, 10);
  const sql = query.render(storeTables(target), since, options.limit);
  if (options.sql) return `${sql};\n`;
  const store = await openStore(target);
  try {
    const rows = await store.run(sql);
    if (options.json) return toJsonText(rows);
    const [first] = rows;
    if (first === undefined) return `no rows since ${since}\n`;
    const { renderTable } = await import('../render-table.ts');
    return renderTable(Object.keys(first), rows, { width: lineWidth(context), whole: ['day'] });
  } finally {
    store.close();
  }
}

function count(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 100_000) {
    throw new InvalidArgumentError('A whole number from 1 to 100000.');
  }
  return number;
}
