import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { detectGoogleCloudResource } from '../../src/start/google-cloud-resource.ts';

let server: Server;
let asked: string[];
let answers: boolean;
let here: { readonly GCE_METADATA_HOST: string };

const METADATA: Readonly<Record<string, string>> = {
  'project/project-id': 'my-project',
  'instance/region': 'projects/1/regions/europe-west1',
  // Above what a number holds exactly.
  'instance/id': '4520031799277581759',
};
const METADATA_PATH = '/computeMetadata/v1/';
let known: Readonly<Record<string, string>>;
let flavor: string;

beforeEach(async () => {
  asked = [];
  answers = true;
  known = METADATA;
  flavor = 'Google';
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (!answers) return;
    response.setHeader('metadata-flavor', flavor);
    response.setHeader('content-type', 'application/text');
    const body = known[(request.url ?? '').slice(METADATA_PATH.length)];
    if (body === undefined || request.headers['metadata-flavor'] !== 'Google') response.statusCode = 404;
    response.end(body ?? '<html>not found</html>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  here = { GCE_METADATA_HOST: `127.0.0.1:${(server.address() as AddressInfo).port}` };
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const elsewhere = { clock: systemClock, readBiosVendor: () => 'QEMU' };
const CLOUD_RUN = { K_SERVICE: 'agent', K_REVISION: 'agent-00007', K_CONFIGURATION: 'agent' };

describe('detectGoogleCloudResource', () => {
  it.each([
    ['another machine', () => 'QEMU'],
    [
      'a machine that does not tell',
      () => {
        throw new Error('ENOENT');
      },
    ],
  ])('asks nobody on %s', async (_, readBiosVendor) => {
    const resource = detectGoogleCloudResource({ env: here, clock: systemClock, readBiosVendor });
    expect(resource.asyncAttributesPending).toBeFalsy();
    expect(resource.attributes).toEqual({});
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked).toEqual([]);
  });

  it('asks nobody where the metadata server is switched off', () => {
    const resource = detectGoogleCloudResource({
      ...elsewhere,
      env: { ...here, ...CLOUD_RUN, METADATA_SERVER_DETECTION: 'none' },
    });
    expect(resource.asyncAttributesPending).toBeFalsy();
    expect(resource.attributes).toEqual({ 'service.name': 'agent', 'service.version': 'agent-00007' });
  });

  const machine = { 'instance/zone': 'projects/1/zones/europe-west1-b', 'instance/id': '4520031799277581759' };

  it.each([
    [
      'Cloud Run',
      CLOUD_RUN,
      {},
      {
        'service.name': 'agent',
        'service.version': 'agent-00007',
        'cloud.platform': 'gcp_cloud_run',
        'cloud.region': 'europe-west1',
        'faas.name': 'agent',
        'faas.version': 'agent-00007',
        'faas.instance': '4520031799277581759',
      },
    ],
    [
      'a Cloud Run job',
      { CLOUD_RUN_JOB: 'nightly', CLOUD_RUN_EXECUTION: 'nightly-x7' },
      {},
      {
        'service.name': 'nightly',
        'service.version': 'nightly-x7',
        'cloud.platform': 'gcp_cloud_run',
        'cloud.region': 'europe-west1',
        'faas.name': 'nightly',
        'faas.version': 'nightly-x7',
        'faas.instance': '4520031799277581759',
      },
    ],
    [
      'Functions',
      { ...CLOUD_RUN, FUNCTION_TARGET: 'main' },
      {},
      {
        'service.name': 'agent',
        'service.version': 'agent-00007',
        'cloud.platform': 'gcp_cloud_functions',
        'cloud.region': 'europe-west1',
        'faas.name': 'agent',
        'faas.version': 'agent-00007',
        'faas.instance': '4520031799277581759',
      },
    ],
    [
      'Kubernetes in a zone',
      { KUBERNETES_SERVICE_HOST: '10.0.0.1' },
      { 'instance/attributes/cluster-location': 'europe-west1-b', 'instance/attributes/cluster-name': 'agents' },
      {
        'cloud.platform': 'gcp_kubernetes_engine',
        'cloud.availability_zone': 'europe-west1-b',
        'k8s.cluster.name': 'agents',
        'host.id': '4520031799277581759',
      },
    ],
    [
      'Kubernetes in a region',
      { KUBERNETES_SERVICE_HOST: '10.0.0.1' },
      { 'instance/attributes/cluster-location': 'europe-west1', 'instance/attributes/cluster-name': 'agents' },
      {
        'cloud.platform': 'gcp_kubernetes_engine',
        'cloud.region': 'europe-west1',
        'k8s.cluster.name': 'agents',
        'host.id': '4520031799277581759',
      },
    ],
    [
      'App Engine',
      { GAE_SERVICE: 'agent', GAE_VERSION: '7', GAE_INSTANCE: 'i1', GAE_ENV: 'standard' },
      { 'instance/zone': 'projects/1/zones/eu4' },
      {
        'service.name': 'agent',
        'service.version': '7',
        'cloud.platform': 'gcp_app_engine',
        'cloud.availability_zone': 'eu4',
        'cloud.region': 'europe-west1',
        'faas.name': 'agent',
        'faas.version': '7',
        'faas.instance': 'i1',
      },
    ],
  ])('learns from the metadata server on %s', async (_, place, more, expected) => {
    known = { ...METADATA, ...more };
    const env = { ...here, ...place };
    const resource = detectGoogleCloudResource({ ...elsewhere, env, timeoutMillis: 60_000 });
    await resource.waitForAsyncAttributes?.();
    expect(resource.attributes).toEqual({
      'cloud.provider': 'gcp',
      'cloud.account.id': 'my-project',
      ...expected,
    });
  });

  it('learns from the metadata server on a machine of Compute Engine', async () => {
    known = {
      'project/project-id': 'my-project',
      'instance/machine-type': 'projects/1/machineTypes/e2-medium',
      'instance/name': 'agent-vm',
      ...machine,
    };
    const readBiosVendor = () => 'Google';
    const resource = detectGoogleCloudResource({
      clock: systemClock,
      env: here,
      readBiosVendor,
      timeoutMillis: 60_000,
    });
    await resource.waitForAsyncAttributes?.();
    expect(resource.attributes).toEqual({
      'cloud.provider': 'gcp',
      'cloud.platform': 'gcp_compute_engine',
      'cloud.account.id': 'my-project',
      'cloud.region': 'europe-west1',
      'cloud.availability_zone': 'europe-west1-b',
      'host.type': 'projects/1/machineTypes/e2-medium',
      'host.id': '4520031799277581759',
      'host.name': 'agent-vm',
    });
  });

  it("believes no server that is not Google's", async () => {
    flavor = 'Cisco';
    const env = { ...here, KUBERNETES_SERVICE_HOST: '10.0.0.1' };
    const resource = detectGoogleCloudResource({ ...elsewhere, env, timeoutMillis: 60_000 });
    await resource.waitForAsyncAttributes?.();
    expect(asked.length).toBeGreaterThan(0);
    expect(resource.attributes).toEqual({});
  });

  it('knows the service on Cloud Run at once, and lets a dead metadata server go', async () => {
    answers = false;
    const resource = detectGoogleCloudResource({ ...elsewhere, env: { ...here, ...CLOUD_RUN }, timeoutMillis: 20 });
    expect(resource.attributes).toMatchObject({ 'service.name': 'agent', 'service.version': 'agent-00007' });
    expect(resource.asyncAttributesPending).toBe(true);
    await resource.waitForAsyncAttributes?.();
    expect(resource.attributes['cloud.region']).toBeUndefined();
    expect(resource.attributes['service.name']).toBe('agent');
  });
});
