import { ConfigurationError } from './errors.ts';

/** The first with `node:sqlite` without a flag; `engines` of package.json says the same. */
const OLDEST = [22, 13] as const;

/**
 * Says at once what would otherwise fail somewhere in a dependency or at the first row.
 *
 * @param version of Node, e.g. `22.13.0`
 * @throws {ConfigurationError} on an older Node
 */
export function checkNode(version: string = process.versions.node): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new ConfigurationError('Node.js', `is ${version}; spanledger needs Node ${OLDEST.join('.')} or newer`);
}
