export { SpanledgerPlugin, type SpanledgerPluginOptions } from './instrumentation/adk/spanledger-plugin.ts';
export {
  afterAgent,
  afterModel,
  beforeAgent,
  beforeTool,
  createTrackingCallbacks,
  type TrackingCallbacks,
} from './instrumentation/adk/tracking-callbacks.ts';
