import { resolve } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '../base/errors.ts';
import { parseRemoteObject, type RemoteObject } from './remote-store.ts';

/** Where an archive goes. */
export type ZipDestination =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'remote'; readonly object: RemoteObject; readonly url: string }
  | { readonly kind: 'writable'; readonly writable: Writable };

/** Throws a `ConfigurationError` for what is neither a path, a `file://` or `gs://` URL, nor a Writable. */
export function resolveDestination(destination: unknown): ZipDestination {
  if (destination instanceof Writable || isWritable(destination)) return { kind: 'writable', writable: destination };
  const text = destination instanceof URL ? destination.href : destination;
  if (typeof text !== 'string' || text === '') throw unusable('is missing');
  if (text.startsWith('file:')) return { kind: 'file', path: fileURLToPath(text) };
  if (!/^[a-z][a-z0-9+.-]+:\/\//iu.test(text)) return { kind: 'file', path: resolve(text) };
  const object = parseRemoteObject(destination instanceof URL ? destination : text);
  if (object === undefined) throw unusable(`is ${JSON.stringify(text.slice(0, 200))}`);
  return { kind: 'remote', object, url: `gs://${object.bucket}/${object.name}` };
}

function unusable(problem: string): ConfigurationError {
  return new ConfigurationError(
    'createZip.destination',
    `${problem}; allowed: a path, a file:// URL, gs://bucket/name, a Writable`,
  );
}

// Node's HTTP responses are streams, but not instances of `Writable`.
function isWritable(value: unknown): value is Writable {
  return (
    typeof value === 'object' &&
    value !== null &&
    'write' in value &&
    'end' in value &&
    'destroy' in value &&
    'on' in value
  );
}
