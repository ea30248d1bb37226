import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { it } from 'vitest';
import { temporaryDirectory } from '../store/temporary-directory.ts';

const SOURCES = new URL('../../src/', import.meta.url).href;

/** What a process has loaded: Node's own modules and, as CommonJS, Google's clients. */
const PROGRAM = `
  import { Module } from 'node:module';
  import '${SOURCES}instrument.ts';
  import { traceAgent } from '${SOURCES}index.ts';
  import { setTimeout } from 'node:timers/promises';
  const loaded = () => ({
    sqlite: process.moduleLoadList.some((name) => /sqlite/.test(name)),
    google: Object.keys(Module._cache).some((path) => /@google-cloud|google-auth-library/.test(path)),
  });
  await setTimeout(50);
  const atStart = loaded();
  await traceAgent({ name: 'a' }, () => setTimeout(200));
  for (let i = 0; i < 1_000 && !loaded()[process.env.AWAITED]; i += 1) await setTimeout(100);
  console.log(JSON.stringify([atStart, loaded()]));`;

it.concurrent.for([
  ['local', { AWAITED: 'sqlite' }, { sqlite: true, google: false }],
  [
    'bigquery',
    { AWAITED: 'google', GOOGLE_CLOUD_PROJECT: 'my-project', BIGQUERY_EMULATOR_HOST: 'http://127.0.0.1:9' },
    { google: true },
  ],
] as const)('loads neither SQLite nor a Google client before the first turn: %s', async (given, context) => {
  const [, env, afterwards] = given;
  const directory = temporaryDirectory(context.onTestFinished);
  const program = join(directory, 'app.mjs');
  writeFileSync(program, PROGRAM);
  const options = { cwd: directory, env: { PATH: process.env.PATH, ...env } };
  const { stdout } = await promisify(execFile)(process.execPath, [program], options);
  const [atStart, atEnd] = JSON.parse(stdout);
  context.expect(atStart).toEqual({ sqlite: false, google: false });
  context.expect(atEnd).toMatchObject(afterwards);
});
