import { type Command, InvalidArgumentError, Option } from 'commander';

const UNITS: Readonly<Record<string, number>> = { '': 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** Declares how much a query on BigQuery may cost. The value is in bytes. */
export function addMaxBytesOption(command: Command): Command {
  return command.addOption(
    new Option('--max-bytes <size>', 'most that a query on BigQuery may read and be billed for, e.g. 500MB')
      .argParser(parseBytes)
      .default(1e9, '1GB'),
  );
}

function parseBytes(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) ?([KMGT]B)?$/i.exec(text) ?? [];
  const bytes = Math.round(Number(number) * (UNITS[unit.toUpperCase()] ?? Number.NaN));
  if (!Number.isSafeInteger(bytes) || bytes < 1) throw new InvalidArgumentError('A size, e.g. 500MB or 5GB.');
  return bytes;
}
