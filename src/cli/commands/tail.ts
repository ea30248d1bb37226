import { withDeadline } from '../../base/deadline.ts';
import { ConfigurationError } from '../../base/errors.ts';
import { toJsonLine, toPrintable } from '../../base/printable.ts';
import { TurnFollower } from '../../store/follow-turns.ts';
import type { RegisterCommand } from '../command-list.ts';
import type { CliContext } from '../context.ts';
import { lineWidth } from '../display-width.ts';
import { addTargetOptions, resolveTarget, type TargetOptions } from '../target.ts';
import { renderTurnLine } from '../turn-line.ts';

interface TailOptions extends TargetOptions {
  readonly json?: true;
}

const LOOK_EVERY_MILLIS = 500;
const LONGEST_INTERVAL_MILLIS = 2_147_483_647;

export const registerTail: RegisterCommand = (command, context) => {
  addTargetOptions(command)
    .option('--json', 'the row of each turn, one JSON a line')
    .addHelpText(
      'after',
      '\nUntil it is interrupted, or nobody reads what it prints. A turn is told when its row is written.',
    )
    .action(async (options: TailOptions) => {
      const interrupt = new AbortController();
      const onSignal = (): void => interrupt.abort();
      process.once('SIGINT', onSignal);
      // The clock's timers keep no process alive.
      const alive = setInterval(() => undefined, LONGEST_INTERVAL_MILLIS);
      try {
        await tail(options, context, interrupt.signal);
      } finally {
        clearInterval(alive);
        process.off('SIGINT', onSignal);
      }
    });
};

async function tail(options: TailOptions, context: CliContext, signal: AbortSignal): Promise<void> {
  const target = resolveTarget(options, context);
  if (target.kind === 'bigquery') {
    throw new ConfigurationError(
      'tail',
      'follows a local store (--store FILE); `spanledger turns` shows the newest turns of BigQuery',
    );
  }
  const { clock, stdout, stderr } = context;
  const follower = new TurnFollower(target.path);
  let waits = false;
  try {
    while (!signal.aborted && !stdout.closed) {
      const turns = follower.look();
      if (turns === undefined && !waits) {
        await stderr.write(`no store at ${toPrintable(target.path)} yet; waiting for its first turn\n`);
      }
      waits = turns === undefined;
      for (const turn of turns ?? []) {
        await stdout.write(options.json ? toJsonLine(turn) : renderTurnLine(turn, clock.now(), lineWidth(context)));
      }
      await withDeadline({ clock, timeoutMillis: LOOK_EVERY_MILLIS, signal }, () => new Promise(() => undefined));
    }
  } finally {
    follower.close();
  }
}
