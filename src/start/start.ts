import { defaultResource, detectResources, envDetector } from '@opentelemetry/resources';
import { systemClock } from '../base/clock.ts';
import type { Diagnostics } from '../base/diagnostics.ts';
import { ConfigurationError } from '../base/errors.ts';
import { renderOverrides } from './api-copies.ts';
import { flushAtExit } from './flush-at-exit.ts';
import { detectGoogleCloudResource } from './google-cloud-resource.ts';
import { LedgerTracerProvider } from './ledger-tracer-provider.ts';
import { type Registration, registerTracing } from './register-tracing.ts';
import { createSpanledger, type Spanledger } from './spanledger.ts';
import type { StartOptions } from './start-options.ts';

/** What a host can ask of a ledger that runs. */
export type StartedSpanledger = Pick<Spanledger, 'config' | 'flush' | 'shutdown' | 'stats' | 'addSpanProcessor'>;

/** On the global object, for a process may load two copies of this module. */
const STARTED = Symbol.for('spanledger.started');

/** Another library that takes the registration over does so while the application starts. */
const CHECK_AFTER_MILLIS = 1_000;

/**
 * Starts OpenTelemetry with the ledger in it: registers the tracer provider, and flushes when the process ends.
 * Call it once, before the code that is to be traced is imported; `import 'spanledger/instrument'` does.
 * A host that starts OpenTelemetry itself uses `createSpanledger` instead.
 *
 * @throws {ConfigurationError} on a setting that cannot be used, or where it was started before
 * @example
 * const ledger = start({ project: 'my-project' });
 * // …
 * await ledger.shutdown();
 */
export function start(options: StartOptions = {}): StartedSpanledger {
  if (Reflect.get(globalThis, STARTED) === true) {
    throw new ConfigurationError(
      'start()',
      'was called before. A process has one ledger: leave the first call or import only',
    );
  }
  const ledger = createSpanledger(options);
  const { diagnostics } = ledger;
  Reflect.set(globalThis, STARTED, true);
  if (ledger.config.sdkDisabled) return ledger;
  const provider = new LedgerTracerProvider({
    resource: defaultResource()
      .merge(detectGoogleCloudResource({ env: ledger.config.env, clock: options.clock ?? systemClock }))
      .merge(detectResources({ detectors: [envDetector] })),
    sampler: ledger.sampler,
    spanProcessors: [...ledger.spanProcessors],
  });
  const registration = registerTracing(provider, (processor) => ledger.addSpanProcessor(processor));
  tellBlindCopies(registration, diagnostics);
  checkRegistration(registration, diagnostics);
  setTimeout(() => checkRegistration(registration, diagnostics), CHECK_AFTER_MILLIS).unref();
  flushAtExit(ledger, diagnostics);
  return ledger;
}

function tellBlindCopies({ blind: [newer], version }: Registration, diagnostics: Diagnostics): void {
  if (newer === undefined) return;
  diagnostics.warn(
    'api-copies',
    `OpenTelemetry's API is registered as ${version}, which copies of ${newer} refuse: spans of what uses those go nowhere. ` +
      `One copy for all: ${renderOverrides(newer)}`,
  );
}

function checkRegistration({ otherProvider }: Registration, diagnostics: Diagnostics): void {
  const other = otherProvider();
  if (other === undefined) return;
  diagnostics.warn(
    'provider-taken',
    `another OpenTelemetry tracer provider is registered (${other}), so no spans arrive here and no rows are written. ` +
      'Load this package before what registers it, or add the spanProcessors and sampler of createSpanledger() to that ' +
      'provider instead of calling start(); `npx spanledger doctor` knows what goes beside your dependencies',
  );
}
