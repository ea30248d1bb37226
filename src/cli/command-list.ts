import type { Command } from 'commander';
import type { CliContext, ExitCode } from './context.ts';

/**
 * Declares a command's arguments and options and what it does. Called only when the command is named on the command
 * line; `finish` takes the exit code of the action (0 if it is not called).
 */
export type RegisterCommand = (command: Command, context: CliContext, finish: (code: ExitCode) => void) => void;

export interface CommandEntry {
  readonly name: string;
  /** One line for `spanledger --help`, which loads no command. */
  readonly summary: string;
  readonly load: () => Promise<RegisterCommand>;
}

// biome-ignore format: a table, a line a command
export const COMMANDS: readonly CommandEntry[] = [
  { name: 'map', summary: 'make records of OTLP/JSON files, without a store or a network', load: async () => (await import('./commands/map.ts')).registerMap },
  { name: 'init', summary: 'create the tables and views, or add what an older store lacks', load: async () => (await import('./commands/init.ts')).registerInit },
  { name: 'schema', summary: "print the tables' schema", load: async () => (await import('./commands/schema.ts')).registerSchema },
  { name: 'turns', summary: 'the newest turns, one a line: who asked what, tokens, time, cost, and whether it failed', load: async () => (await import('./commands/turns.ts')).registerTurns },
  { name: 'show', summary: 'one turn: its facts, question and answer, and its calls as a tree', load: async () => (await import('./commands/show.ts')).registerShow },
  { name: 'tail', summary: 'turns as they finish, from the local store', load: async () => (await import('./commands/tail.ts')).registerTail },
  { name: 'query', summary: 'answer a question about tokens, errors, ZIPs or cost from the store', load: async () => (await import('./commands/query.ts')).registerQuery },
  { name: 'verify', summary: 'say whether the next step of a migration is safe, from what the store holds', load: async () => (await import('./commands/verify.ts')).registerVerify }, // migration
  { name: 'replay', summary: 'bring rows into the store from the outbox, Cloud Logging, records or OTLP', load: async () => (await import('./commands/replay.ts')).registerReplay },
  { name: 'config', summary: 'write a commented configuration, print its JSON Schema, or check one', load: async () => (await import('./commands/config.ts')).registerConfig },
  { name: 'doctor', summary: 'look at configuration, credentials, tables and outbox, and say what to do', load: async () => (await import('./commands/doctor.ts')).registerDoctor },
];
