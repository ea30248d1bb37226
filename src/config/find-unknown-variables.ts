import { suggest } from './nearest-name.ts';
import { SETTINGS } from './settings.ts';
import type { Environment } from './substitute-variables.ts';

export const CONFIG_VARIABLE = 'SPANLEDGER_CONFIG';

/** Kubernetes sets these in every pod beside a service named `spanledger`. */
const SERVICE_LINK = /^SPANLEDGER_(?:SERVICE|PORT)(?:_|$)/;

/** Variables that look like ours and are read by nobody, one sentence each. */
export function findUnknownVariables(env: Environment): string[] {
  const known = [CONFIG_VARIABLE, ...Object.values(SETTINGS).flatMap((setting) => setting.env)];
  return Object.keys(env)
    .filter((name) => name.startsWith('SPANLEDGER_') && !known.includes(name) && !SERVICE_LINK.test(name))
    .map((name) => `${name} is no variable of ours${suggest(name, known)}`);
}
