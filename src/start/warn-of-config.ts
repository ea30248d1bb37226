import type { Diagnostics } from '../base/diagnostics.ts';
import type { ResolvedConfig } from '../config/resolve-config.ts';

/** Says all that was ignored: a code is said once, so that its sentences share a line. */
export function warnOfConfig({ warnings, nearMisses }: ResolvedConfig, diagnostics: Diagnostics): void {
  if (warnings.length > 0) diagnostics.warn('environment', warnings.join('; '));
  if (nearMisses.length > 0) diagnostics.warn('configuration-file', nearMisses.join('; '));
}
