import { withoutTracing } from '../traces/without-tracing.ts';

/** Resource attributes that the metadata server knows, by the names of OpenTelemetry's own detector for Google Cloud. */
export const METADATA_ATTRIBUTES = [
  'cloud.provider',
  'cloud.platform',
  'cloud.account.id',
  'cloud.region',
  'cloud.availability_zone',
  'k8s.cluster.name',
  'host.id',
  'host.name',
  'host.type',
  'faas.name',
  'faas.version',
  'faas.instance',
] as const;

export type GoogleMetadata = { readonly [Name in (typeof METADATA_ATTRIBUTES)[number]]?: string | undefined };

type Environment = Readonly<Record<string, string | undefined>>;
type Ask = (path: string) => Promise<string | undefined>;

/**
 * Asks the metadata server for this place: Kubernetes, Functions, Cloud Run, App Engine or a machine, told apart by what
 * each sets in the environment. A thing that it does not know is left out.
 *
 * @returns nothing where the server is not Google's
 * @throws where it does not answer
 */
export async function askGoogleMetadata(env: Environment, signal: AbortSignal): Promise<GoogleMetadata> {
  const ask: Ask = (path) => withoutTracing(() => askServer(env, path, signal));
  const [project, place] = await Promise.all([ask('project/project-id'), readPlace(env, ask)]);
  return project === undefined ? {} : { 'cloud.provider': 'gcp', 'cloud.account.id': project, ...place };
}

async function readPlace(env: Environment, ask: Ask): Promise<GoogleMetadata> {
  const instance = (...paths: readonly string[]) => Promise.all(paths.map((path) => ask(`instance/${path}`)));
  if (env.KUBERNETES_SERVICE_HOST !== undefined) {
    const [location, cluster, id] = await instance('attributes/cluster-location', 'attributes/cluster-name', 'id');
    // `europe-west1-b` is a zone of the region `europe-west1`.
    const kind = location?.split('-').length === 3 ? 'cloud.availability_zone' : 'cloud.region';
    return {
      'cloud.platform': 'gcp_kubernetes_engine',
      [kind]: location,
      'k8s.cluster.name': cluster,
      'host.id': id,
    };
  }
  const run = env.K_SERVICE ?? env.CLOUD_RUN_JOB ?? env.CLOUD_RUN_WORKER_POOL;
  if (run !== undefined) {
    const [region, id] = await instance('region', 'id');
    return {
      'cloud.platform': env.FUNCTION_TARGET === undefined ? 'gcp_cloud_run' : 'gcp_cloud_functions',
      'cloud.region': lastPart(region),
      'faas.name': run,
      'faas.version': env.K_REVISION ?? env.CLOUD_RUN_EXECUTION ?? env.CLOUD_RUN_WORKER_POOL_REVISION,
      'faas.instance': id,
    };
  }
  const [fullZone, region] = await instance('zone', 'region');
  const zone = lastPart(fullZone);
  const at = { 'cloud.availability_zone': zone, 'cloud.region': lastPart(region) ?? zone?.replace(/-[^-]+$/, '') };
  if (env.GAE_SERVICE !== undefined) {
    return {
      'cloud.platform': 'gcp_app_engine',
      ...at,
      'faas.name': env.GAE_SERVICE,
      'faas.version': env.GAE_VERSION,
      'faas.instance': env.GAE_INSTANCE,
    };
  }
  const [type, id, name] = await instance('machine-type', 'id', 'name');
  if (type === undefined) return {};
  return { 'cloud.platform': 'gcp_compute_engine', ...at, 'host.type': type, 'host.id': id, 'host.name': name };
}

/** `projects/1/regions/europe-west1` is `europe-west1`. */
function lastPart(path: string | undefined): string | undefined {
  return path?.slice(path.lastIndexOf('/') + 1);
}

async function askServer(env: Environment, path: string, signal: AbortSignal): Promise<string | undefined> {
  // The variables of Google's own clients; the address, for looking the name up takes seconds where there is no such name.
  const host = env.GCE_METADATA_IP || env.GCE_METADATA_HOST || '169.254.169.254';
  const url = new URL(`/computeMetadata/v1/${path}`, /^https?:/.test(host) ? host : `http://${host}`);
  const response = await fetch(url, { headers: { 'Metadata-Flavor': 'Google' }, redirect: 'error', signal });
  const isGoogle = response.headers.get('metadata-flavor') === 'Google';
  const text = await response.text();
  return response.ok && isGoogle ? text : undefined;
}
