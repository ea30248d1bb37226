import { resolve } from 'node:path';
import type { Command } from 'commander';
import { resolveConfig } from '../config/resolve-config.ts';
import type { SettingValues } from '../config/setting-values.ts';
import { usesBigQuery } from '../config/uses-bigquery.ts';
import type { CliContext } from './context.ts';

/** The store that a command works on. */
export type Target =
  | { readonly kind: 'sqlite'; readonly path: string }
  | {
      readonly kind: 'bigquery';
      readonly projectId: string | undefined;
      readonly dataset: string;
      readonly table: string;
      readonly location: string | undefined;
      readonly endpoint: string | undefined;
      /** Of Cloud Logging, which has the fallback log. */
      readonly loggingEndpoint: string | undefined;
    };

export interface TargetOptions {
  readonly config?: string;
  readonly store?: string;
  readonly project?: string;
  readonly dataset?: string;
  readonly table?: string;
  readonly location?: string;
}

/** Declares the options that name a store. Without them the configuration says which: the one the agent writes to. */
export function addTargetOptions(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file (default: $SPANLEDGER_CONFIG, else config/config.yaml)')
    .option('--store <file>', 'the local SQLite store in this file')
    .option('--project <id>', 'BigQuery in this Google Cloud project')
    .option('--dataset <name>', 'dataset in BigQuery')
    .option('--table <name>', 'table of the rows in BigQuery')
    .option('--location <name>', 'location of the dataset in BigQuery, e.g. EU');
}

/**
 * The configuration that a command works by.
 *
 * @throws {ConfigurationError} on a configuration that cannot be used
 */
export function resolveValues(
  { config, project, dataset, table, location }: TargetOptions,
  context: Pick<CliContext, 'cwd' | 'env'>,
): SettingValues {
  return resolveConfig({
    env: context.env,
    ...(config !== undefined && { configFile: resolve(context.cwd, config) }),
    settings: {
      ...(project !== undefined && { project }),
      ...(dataset !== undefined && { dataset }),
      ...(table !== undefined && { table }),
      ...(location !== undefined && { location }),
    },
  }).values;
}

/** @throws {ConfigurationError} on a configuration that cannot be used */
export function resolveTarget(options: TargetOptions, context: Pick<CliContext, 'cwd' | 'env'>): Target {
  const { project, dataset, table } = options;
  const values = resolveValues(options, context);
  const namesBigQuery = project !== undefined || dataset !== undefined || table !== undefined;
  if (options.store === undefined && (namesBigQuery || usesBigQuery(values))) {
    return {
      kind: 'bigquery',
      projectId: values.project,
      dataset: values.dataset,
      table: values.table,
      location: values.location,
      endpoint: values.bigqueryEndpoint,
      loggingEndpoint: values.fallbackEndpoint,
    };
  }
  return { kind: 'sqlite', path: resolve(context.cwd, options.store ?? values.localPath) };
}
