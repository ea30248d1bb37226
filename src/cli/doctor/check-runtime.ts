import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { propertyAt } from '../../base/json-value.ts';
import { findApiCopies, isNewer, newestOf, renderOverrides } from '../../start/api-copies.ts';
import { type Check, ok, skipped, warning } from './check.ts';

/** `engines` of package.json: `node:sqlite` without a flag. */
const MIN_NODE = [22, 13] as const;

/** Libraries that register a tracer provider of their own, and what to do beside them. */
const OTHER_PROVIDERS: Readonly<Record<string, string>> = {
  '@sentry/node':
    'give Sentry.init `skipOpenTelemetrySetup: true`, or `openTelemetrySpanProcessors` of createSpanledger(); Sentry 11 has neither option',
  openlit: 'it adds its processor by `addSpanProcessor`, which this provider lacks: rows of its spans do not come',
  '@traceloop/node-server-sdk': 'give traceloop.initialize a `processor` that calls those of createSpanledger()',
  '@langfuse/otel': 'put its processor and those of createSpanledger() into one tracer provider',
  '@opentelemetry/sdk-node': 'give NodeSDK the `spanProcessors` and `sampler` of createSpanledger()',
  '@opentelemetry/auto-instrumentations-node': 'start it with the `spanProcessors` and `sampler` of createSpanledger()',
  'dd-trace': 'leave its OpenTelemetry provider unregistered',
  newrelic: 'leave its OpenTelemetry bridge off',
};

/** Whether Node, and what else is installed in the host's directory, go with the package. Reads files only. */
export function checkRuntime(cwd: string, nodeVersion: string = process.versions.node): readonly Check[] {
  return [checkNode(nodeVersion), checkApiCopies(cwd), checkProviders(cwd)];
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

function checkProviders(cwd: string): Check {
  const name = 'Tracer providers';
  const manifest = readJson(join(cwd, 'package.json'));
  const found = Object.keys(OTHER_PROVIDERS).filter((each) =>
    ['dependencies', 'devDependencies'].some((kind) => propertyAt(manifest, kind, each) !== undefined),
  );
  if (found.length === 0) return ok(name, 'no dependency registers another one');
  const advice = found.map((each) => `${each}: ${OTHER_PROVIDERS[each] ?? ''}`).join('; ');
  return warning(name, `${found.join(', ')} may register another one`, advice);
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
