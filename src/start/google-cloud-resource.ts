import { readFileSync } from 'node:fs';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { Clock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import type { Resource } from '../base/sdk-types.ts';
import { askGoogleMetadata, type GoogleMetadata, METADATA_ATTRIBUTES } from './google-metadata.ts';

export interface GoogleCloudResourceOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Who made the machine, as Linux tells. Default: `/sys/class/dmi/id/bios_vendor`. */
  readonly readBiosVendor?: () => string;
  /** Longest time that spans wait for what the metadata server says. Default: 3,000. */
  readonly timeoutMillis?: number;
}

/** Set by Cloud Run services, jobs and worker pools, Functions, App Engine and Kubernetes. */
const HINTS = [
  'K_SERVICE',
  'CLOUD_RUN_JOB',
  'CLOUD_RUN_WORKER_POOL',
  'FUNCTION_TARGET',
  'GAE_SERVICE',
  'KUBERNETES_SERVICE_HOST',
];

/**
 * What Google Cloud says of the place where this process runs; empty elsewhere. Never waits: the environment tells the
 * name and version of the service at once, the rest follows, or does not, within a bounded time in which spans wait
 * and the host does not. Where nothing hints at Google Cloud, no metadata server is asked.
 */
export function detectGoogleCloudResource(options: GoogleCloudResourceOptions): Resource {
  const { env } = options;
  const service = serviceAttributes(env);
  if (env.METADATA_SERVER_DETECTION === 'none' || !mayBeGoogleCloud(options)) return resourceFromAttributes(service);
  const detected = detectBeforeTimeout(options);
  const pending = METADATA_ATTRIBUTES.map((key) => [key, detected.then((attributes) => attributes[key])] as const);
  return resourceFromAttributes(service).merge(resourceFromAttributes(Object.fromEntries(pending)));
}

function serviceAttributes(env: GoogleCloudResourceOptions['env']): Record<string, string> {
  const name = env.K_SERVICE ?? env.CLOUD_RUN_JOB ?? env.CLOUD_RUN_WORKER_POOL ?? env.GAE_SERVICE;
  const version = env.K_REVISION ?? env.CLOUD_RUN_EXECUTION ?? env.CLOUD_RUN_WORKER_POOL_REVISION ?? env.GAE_VERSION;
  return {
    ...(name !== undefined && { 'service.name': name }),
    ...(version !== undefined && { 'service.version': version }),
  };
}

function mayBeGoogleCloud({ env, readBiosVendor = readVendorFile }: GoogleCloudResourceOptions): boolean {
  if (HINTS.some((name) => env[name] !== undefined)) return true;
  try {
    return readBiosVendor().includes('Google');
  } catch {
    return false;
  }
}

function readVendorFile(): string {
  return readFileSync('/sys/class/dmi/id/bios_vendor', 'utf8');
}

async function detectBeforeTimeout(options: GoogleCloudResourceOptions): Promise<GoogleMetadata> {
  const { env, clock, timeoutMillis = 3_000 } = options;
  const asked = await withDeadline({ clock, timeoutMillis }, (signal) => askGoogleMetadata(env, signal));
  return asked.status === 'done' ? asked.value : {};
}
