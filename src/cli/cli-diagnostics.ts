import { createDiagnostics, type Diagnostics } from '../base/diagnostics.ts';
import type { SettingValues } from '../config/setting-values.ts';
import type { CliContext } from './context.ts';

/** Problems of what a command uses, to the command's own standard error. */
export function createCliDiagnostics({ logLevel: level }: SettingValues, { stderr }: CliContext): Diagnostics {
  return createDiagnostics({ level, write: (line) => void stderr.write(`${line}\n`) });
}
