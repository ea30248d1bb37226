import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { detectGoogleCloudResource } from '../../src/start/google-cloud-resource.ts';

let server: Server;
let asked: string[];
let answers: boolean;

const METADATA: Readonly<Record<string, string>> = {
  '/computeMetadata/v1/project/project-id': 'my-project',
  '/computeMetadata/v1/instance/region': 'projects/1/regions/europe-west1',
  '/computeMetadata/v1/instance/id': '4711',
};

beforeEach(async () => {
  asked = [];
  answers = true;
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (!answers) return;
    response.setHeader('metadata-flavor', 'Google');
    response.setHeader('content-type', 'application/text');
    const body = METADATA[request.url ?? ''];
    if (body === undefined && request.url !== '/computeMetadata/v1/instance') response.statusCode = 404;
    response.end(body ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env.GCE_METADATA_HOST = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  delete process.env.GCE_METADATA_HOST;
  for (const name of Object.keys(CLOUD_RUN)) delete process.env[name];
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
    const resource = detectGoogleCloudResource({ env: {}, clock: systemClock, readBiosVendor });
    expect(resource.asyncAttributesPending).toBeFalsy();
    expect(resource.attributes).toEqual({});
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked).toEqual([]);
  });

  it('asks nobody where the metadata server is switched off', () => {
    const resource = detectGoogleCloudResource({
      ...elsewhere,
      env: { ...CLOUD_RUN, METADATA_SERVER_DETECTION: 'none' },
    });
    expect(resource.asyncAttributesPending).toBeFalsy();
    expect(resource.attributes).toEqual({ 'service.name': 'agent', 'service.version': 'agent-00007' });
  });

  // First of the two: the client keeps what it has found of the server.
  it('learns the rest from the metadata server', async () => {
    // The detector reads the variables itself.
    Object.assign(process.env, CLOUD_RUN);
    const resource = detectGoogleCloudResource({ ...elsewhere, env: CLOUD_RUN, timeoutMillis: 60_000 });
    await resource.waitForAsyncAttributes?.();
    expect(resource.attributes).toMatchObject({
      'service.name': 'agent',
      'cloud.provider': 'gcp',
      'cloud.platform': 'gcp_cloud_run',
      'cloud.account.id': 'my-project',
      'cloud.region': 'europe-west1',
    });
  });

  it('knows the service on Cloud Run at once, and lets a dead metadata server go', async () => {
    answers = false;
    const resource = detectGoogleCloudResource({ ...elsewhere, env: CLOUD_RUN, timeoutMillis: 20 });
    expect(resource.attributes).toMatchObject({ 'service.name': 'agent', 'service.version': 'agent-00007' });
    expect(resource.asyncAttributesPending).toBe(true);
    await resource.waitForAsyncAttributes?.();
    expect(resource.attributes['cloud.region']).toBeUndefined();
    expect(resource.attributes['service.name']).toBe('agent');
  });
});
