import { createDiagnostics, type Diagnostics } from '../base/diagnostics.ts';
import type { CliContext } from './context.ts';

/** Problems of what a command uses, to the command's own standard error. */
export function createCliDiagnostics({ stderr }: Pick<CliContext, 'stderr'>): Diagnostics {
  return createDiagnostics({ write: (line) => void stderr.write(`${line}\n`) });
}
