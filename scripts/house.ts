export interface Room {
  readonly name: string;
  /** What is in it, for the README's picture. */
  readonly holds: string;
}

/**
 * The rooms of `src/`, lowest first: a room imports from itself and from those before it in this list. The architecture
 * test holds it, and the README's picture is made of it.
 */
export const ROOMS: readonly Room[] = [
  {
    name: 'base',
    holds: 'leaves: clock, deadline, errors, diagnostics, optional packages, SQLite opener, attribute names',
  },
  { name: 'privacy', holds: 'text in, text out: content classes and policy, redactor, detectors' },
  { name: 'config', holds: 'one table of settings, split by group; types derived from it' },
  { name: 'spans', holds: 'spans as we keep them, turns, the turn processor' },
  { name: 'otlp', holds: 'the wire: OTLP/JSON to spans' },
  { name: 'instrumentation', holds: 'what makes our own spans: agent, model, tool; the ADK plugin; turn context' },
  {
    name: 'record',
    holds: 'the row: columns, dialects, token algebra, messages, mapping, enriching; the redacted row',
  },
  {
    name: 'delivery',
    holds: 'contract of sinks and stores, outbox, lanes, fallback: one engine for every destination',
  },
  { name: 'migration', holds: 'everything legacy: mapping, comparison, causes, mismatches, verification, dual mode' }, // migration
  { name: 'store', holds: 'schemas, views, named queries; SQLite as a destination' },
  { name: 'traces', holds: 'trace export, sampling, GenAI metrics' },
  { name: 'pipeline', holds: 'what happens to a turn: read once, map, enrich, redact, hand over' },
  { name: 'replay', holds: 'from outbox, Logging, records, OTLP, back through the pipeline' },
  { name: 'zip', holds: 'sources, archive, destinations, trace' },
  { name: 'google', holds: 'BigQuery and Logging as destinations, Trace, credentials; clients loaded when used' },
  { name: 'start', holds: 'settings to a running ledger; registration, resources, flushing at the end' },
  { name: 'cli', holds: 'the command line' },
];
