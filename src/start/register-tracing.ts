/**
 * Registers the ledger's provider with OpenTelemetry's API. A tree may hold several copies of the API, which meet in one
 * global: an older copy accepts what a newer one registered, a newer one refuses an older one's, without a word. So the
 * newest copy in the tree registers, unless somebody registered something else before: a copy can add to the global of
 * its own version only.
 */
import { join } from 'node:path';
import * as own from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { createRequireFrom } from '../base/create-require.ts';
import { property } from '../base/json-value.ts';
import type { SpanProcessor } from '../base/sdk-types.ts';
import { type ApiCopy, findApiCopies, isNewer, newestOf } from './api-copies.ts';

export interface Registration {
  /** Of the API that all copies meet in. */
  readonly version: string;
  /** Newer versions in the tree: spans that are made through them go nowhere. */
  readonly blind: readonly string[];
  /**
   * Class of the provider that is the global one in place of this; `undefined`: this one is. A second registration fails
   * without a word, and a later `trace.disable()` takes a registered one away.
   */
  otherProvider(): string | undefined;
}

/** What a provider is, and what stands for it where tracers are asked for before it is registered. */
type Provider = own.TracerProvider & Partial<Pick<own.ProxyTracerProvider, 'getDelegate' | 'setDelegate'>>;

const GLOBAL = Symbol.for('opentelemetry.js.api.1');

/**
 * @param addSpanProcessor what the global provider offers under this name. SDK 2 took it away, and neighbours go by it:
 * where it is missing, OpenLIT makes a provider of its own, which nobody else sees spans of
 */
export function registerTracing(
  provider: own.TracerProvider,
  addSpanProcessor: (processor: SpanProcessor) => void,
): Registration {
  // A CommonJS bundle has no URL of its own.
  const from: string = import.meta.url ?? join(process.cwd(), 'package.json');
  const copies = findApiCopies(from);
  const api = chooseApi(copies, from);
  // Tracers that were asked for before now.
  const early: Provider = own.trace.getTracerProvider();
  if (api !== own && globalOf('trace') === undefined) early.setDelegate?.(provider);
  api.trace.setGlobalTracerProvider(provider);
  const otherProvider = (): string | undefined => {
    // What stands for it may be of another copy, so that its class says nothing.
    const global: Provider = api.trace.getTracerProvider();
    const registered = global.getDelegate?.() ?? global;
    return registered === provider ? undefined : registered.constructor.name;
  };
  // They look at what stands for the provider, or behind it.
  if (otherProvider() === undefined)
    for (const each of [api.trace.getTracerProvider(), provider]) Object.assign(each, { addSpanProcessor });
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  api.propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  );
  const version = String(globalOf('version'));
  const blind = new Set(copies.map((copy) => copy.version).filter((each) => isNewer(each, version)));
  return { version, blind: [...blind], otherProvider };
}

function chooseApi(copies: readonly ApiCopy[], from: string): Pick<typeof own, 'trace' | 'context' | 'propagation'> {
  const [mine] = copies;
  const present = globalOf('version');
  const chosen = present === undefined ? newestOf(copies) : copies.find(({ version }) => version === present);
  if (chosen === undefined || chosen.version === mine?.version) return own;
  return createRequireFrom(from)(chosen.directory);
}

function globalOf(key: 'trace' | 'version'): unknown {
  return property(Reflect.get(globalThis, GLOBAL), key);
}
