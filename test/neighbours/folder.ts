import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { ConversationRecord } from '../../src/record/conversation-columns.ts';
import { readStoredRows } from '../support/read-stored-rows.ts';
import type { Deed } from './page.ts';

/** For one block of commands, an installation too. */
const LIMIT_MILLIS = 180_000;

/** What would change how a program runs, or how npm does. */
const OF_THE_CALLER = /^(?:npm_|NODE_OPTIONS$|NODE_ENV$|OTEL_|SPANLEDGER_|GOOGLE_|GEMINI_|OPENAI_|ANTHROPIC_)/i;

export interface Ran {
  readonly status: number | null;
  readonly output: string;
}

/** An empty folder in which somebody does what a page says, beside a model that is not the real one. */
export class Folder {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'spanledger-page-'));
  readonly #tarball: string;
  readonly #environment: Readonly<Record<string, string | undefined>>;

  constructor(tarball: string, environment: Readonly<Record<string, string>>) {
    this.#tarball = tarball;
    this.#environment = {
      // Proxies and certificates of the machine lead to the registry.
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_THE_CALLER.test(name))),
      PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
      METADATA_SERVER_DETECTION: 'none',
      NPM_CONFIG_AUDIT: 'false',
      NPM_CONFIG_FUND: 'false',
      NPM_CONFIG_LOGLEVEL: 'error',
      NPM_CONFIG_UPDATE_NOTIFIER: 'false',
      ...environment,
    };
  }

  /** Word for word, but that the package comes from its tarball. */
  async do(deed: Deed): Promise<Ran> {
    if (deed.does === 'write') {
      this.write(deed.file, deed.text);
      return { status: 0, output: '' };
    }
    return this.type(deed.commands.replace(/^(npm install.*?) spanledger(?= |$)/gm, `$1 file:${this.#tarball}`));
  }

  /** All files of a directory. */
  copy(directory: string): void {
    cpSync(directory, this.directory, { recursive: true });
  }

  write(file: string, text: string): void {
    const path = join(this.directory, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  /** What goes on in the background is asked to end when the last command has. */
  type(commands: string, env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    const ending = 'status=$?; kill $(jobs -p) 2>/dev/null || true; wait || true; exit $status';
    const shell = spawn('bash', ['-ec', `trap '${ending}' EXIT\n${commands}`], {
      cwd: this.directory,
      env: { ...this.#environment, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [shell.stdout, shell.stderr]) {
      stream.setEncoding('utf8').on('data', (piece: string) => {
        output += piece;
      });
    }
    return new Promise((resolve, reject) => {
      const { pid } = shell;
      const limit = setTimeout(() => pid !== undefined && process.kill(-pid, 'SIGKILL'), LIMIT_MILLIS);
      shell.once('error', reject).once('close', (status) => {
        clearTimeout(limit);
        resolve({ status, output });
      });
    });
  }

  /** The rows so far, which go with it. */
  takeRows(): readonly ConversationRecord[] {
    const path = join(this.directory, '.spanledger/spanledger.db');
    if (!existsSync(path)) return [];
    const rows = readStoredRows(path);
    rmSync(dirname(path), { recursive: true });
    return rows;
  }

  versionOf(name: string): string {
    return JSON.parse(readFileSync(join(this.directory, 'node_modules', name, 'package.json'), 'utf8')).version;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
