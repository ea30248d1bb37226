// What users install beside the package, in what the registry serves today: npm must find a tree for all of it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, inject, it } from 'vitest';
import { UserProject } from './user-project.ts';

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
const [, CLIENTS = ''] = /`npm install (@google-cloud\/bigquery[^`]*)`/.exec(README) ?? [];

let project: UserProject;
afterEach(() => project.remove());

it.each([
  CLIENTS,
  '@google-cloud/opentelemetry-cloud-trace-exporter @google-cloud/storage @google-cloud/logging@12.0.0 @google-cloud/bigquery@9.0.0',
  'google-auth-library@10 @google-cloud/storage@7 @openfeature/server-sdk@1.18.0',
  '@opentelemetry/sdk-node@0.301',
  '@opentelemetry/sdk-node@0.223 @opentelemetry/api@1.9.0',
  '@opentelemetry/instrumentation-openai',
  'genkit',
  '@google/adk@2.0.0',
])('npm install %s', (names) => {
  expect(names).not.toBe('');
  project = new UserProject();
  project.write('package.json', '{ "private": true }');
  project.shell(`npm install --package-lock-only --no-audit --no-fund --prefer-offline ${inject('tarball')} ${names}`);
});
