export { SpanledgerPlugin, type SpanledgerPluginOptions } from './instrumentation/adk/spanledger-plugin.ts';
