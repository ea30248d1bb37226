import { join } from 'node:path';
import { findApiCopies, isNewer, newestOf, renderOverrides } from '../../start/api-copies.ts';
import { type Check, ok, skipped, warning } from './check.ts';
import { checkNeighbours } from './check-neighbours.ts';

/** `engines` of package.json: `node:sqlite` without a flag. */
const MIN_NODE = [22, 13] as const;

/** Whether Node, and what else is installed in the host's directory, go with the package. Reads files only. */
export function checkRuntime(cwd: string, nodeVersion: string = process.versions.node): readonly Check[] {
  return [checkNode(nodeVersion), checkApiCopies(cwd), ...checkNeighbours(cwd)];
}

function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [minMajor, minMinor] = MIN_NODE;
  if (major > minMajor || (major === minMajor && minor >= minMinor)) return ok('Node', version);
  return warning(
    'Node',
    version,
    `install Node ${minMajor}.${minMinor} or newer: the local store and the outbox need it`,
  );
}

/** Two copies of the API work together as long as their major and minor versions are the same. */
function checkApiCopies(cwd: string): Check {
  const name = 'OpenTelemetry API';
  const copies = findApiCopies(join(cwd, 'package.json'));
  const newest = newestOf(copies)?.version;
  if (newest === undefined) return skipped(name, 'not installed in this directory');
  const versions = [...new Set(copies.map(({ version }) => version))].sort();
  const detail = versions.join(', ');
  if (!versions.some((each) => isNewer(newest, each))) return ok(name, detail);
  return warning(
    name,
    `${detail}: ${newest} refuses what is registered through an older one. start() registers through the newest; a provider ` +
      'or metrics of your own may not',
    renderOverrides(newest),
  );
}
