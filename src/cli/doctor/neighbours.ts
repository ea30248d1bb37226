/** A package among the dependencies of a host. */
export interface PackageRange {
  readonly name: string;
  /** First major version that this is about. Default: any. */
  readonly from?: number;
  /** First major version that it is no longer about. */
  readonly below?: number;
}

/** What is known of a package, or of packages together, beside the ledger. */
export interface Neighbour {
  /** All of them are among the host's dependencies. */
  readonly packages: readonly PackageRange[];
  /** Versions that this was seen with, in the order of `packages`; empty: not run, but known from its documents or code. */
  readonly seen: string;
  readonly happens: string;
  readonly advice: string;
  /** Whether rows come, and lack something at most. Default: without the advice, rows may be missing. */
  readonly hasRows?: boolean;
}

const OF_OWN = 'registers a tracer provider of its own';
const MAYBE_OF_OWN = 'may register a tracer provider of its own';
const OTHER_CLIENT =
  "use openai 6, or OpenInference: new OpenAIInstrumentation().manuallyInstrument(OpenAI) of '@arizeai/openinference-instrumentation-openai'";

/** Packages that need something beside the ledger, or take something away. docs/neighbours.md is rendered from it. */
export const NEIGHBOURS: readonly Neighbour[] = [
  {
    packages: [{ name: '@sentry/node', from: 8, below: 11 }],
    seen: '10.78.0',
    happens: OF_OWN,
    advice:
      'load spanledger/instrument first and give Sentry.init `skipOpenTelemetrySetup: true`; or give it `openTelemetrySpanProcessors` of createSpanledger() and `tracesSampleRate: 1`, for turns that its sampler leaves out have no row',
  },
  {
    packages: [{ name: '@sentry/node', from: 11 }],
    seen: '11.12.0',
    happens:
      'the spans that it makes of OpenAI and other clients stay its own; with `enableOpenTelemetrySetup: true` it registers a provider that takes no processors',
    advice:
      "load spanledger/instrument before Sentry.init, leave `enableOpenTelemetrySetup` out, and add an instrumentation of OpenTelemetry's for the client, as OpenInference's",
  },
  {
    packages: [{ name: '@sentry/nextjs', from: 11 }],
    seen: '',
    happens: 'registers a provider that takes no processors, unless it is told not to',
    advice:
      'give Sentry.init `enableOpenTelemetrySetup: false`, or load spanledger/instrument before it; then as @sentry/node',
  },
  {
    packages: [
      { name: 'ai', below: 7 },
      { name: '@sentry/node', from: 11 },
    ],
    seen: '6.0.326, 11.12.0',
    happens: "Sentry's integration VercelAI switches the spans of `experimental_telemetry` off",
    advice: "give Sentry.init `integrations: (all) => all.filter(({ name }) => name !== 'VercelAI')`",
  },
  {
    packages: [{ name: 'openlit' }],
    seen: '1.15.0',
    happens:
      'takes the provider of the ledger where that is registered first, and then sends nothing anywhere by itself',
    advice:
      'load spanledger/instrument before Openlit.init; to see the spans in OpenLIT too, set traces.exporter to otlp and OTEL_EXPORTER_OTLP_ENDPOINT to its address',
    hasRows: true,
  },
  {
    packages: [{ name: '@traceloop/node-server-sdk' }],
    seen: '0.27.0',
    happens:
      'its user and session are set, and its backend is fed, by a processor that is not in the provider of the ledger',
    advice:
      "after traceloop.initialize: trace.getTracerProvider().addSpanProcessor(traceloop.createSpanProcessor({ apiKey })), of '@opentelemetry/api'; or say user and session by withTurnContext()",
    hasRows: true,
  },
  {
    packages: [{ name: 'openai', from: 7 }, { name: '@traceloop/node-server-sdk' }],
    seen: '7.57.0, 0.27.0',
    happens: 'OpenLLMetry patches openai below 7 only: its calls are in no row',
    advice: OTHER_CLIENT,
  },
  {
    packages: [{ name: 'openai', from: 7 }, { name: '@opentelemetry/instrumentation-openai' }],
    seen: '7.57.0, 0.22.0',
    happens: 'the instrumentation patches openai below 7 only: no rows',
    advice: OTHER_CLIENT,
  },
  {
    packages: [{ name: '@ai-sdk/otel' }],
    seen: '1.0.173',
    happens: 'its spans say neither user nor session nor thoughts unless they are asked to',
    advice:
      'registerTelemetry(new OpenTelemetry({ usage: true, runtimeContext: true })), and with each call `runtimeContext: { userId, sessionId }` and `telemetry: { includeRuntimeContext: { userId: true, sessionId: true } }`; user and session also come from withTurnContext()',
    hasRows: true,
  },
  {
    packages: [{ name: '@langfuse/otel' }],
    seen: '5.11.1',
    happens: 'its processor must be in the provider that is registered',
    advice: 'after start(): ledger.addSpanProcessor(new LangfuseSpanProcessor()); or one provider for both',
    hasRows: true,
  },
  {
    packages: [{ name: '@google/adk-devtools' }],
    seen: '2.0.0',
    happens: '`adk api_server` registers a tracer provider of its own before it loads the agent',
    advice: 'start it by `node --import spanledger/instrument node_modules/.bin/adk …`, or with NODE_OPTIONS',
  },
  {
    packages: [{ name: '@opentelemetry/sdk-node' }],
    seen: '0.223.0, 0.301.0',
    happens: OF_OWN,
    advice: 'give NodeSDK the `spanProcessors` and `sampler` of createSpanledger()',
  },
  {
    packages: [{ name: '@opentelemetry/auto-instrumentations-node' }],
    seen: '',
    happens: MAYBE_OF_OWN,
    advice: 'start it with the `spanProcessors` and `sampler` of createSpanledger()',
  },
  { packages: [{ name: 'dd-trace' }], seen: '', happens: MAYBE_OF_OWN, advice: 'leave that provider unregistered' },
  { packages: [{ name: 'newrelic' }], seen: '', happens: MAYBE_OF_OWN, advice: 'leave its OpenTelemetry bridge off' },
];
