import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundleDist } from '../../scripts/bundle-dist.ts';
import { LocalStore } from '../../src/store/local-store.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const MODULES = join(PROJECT, 'node_modules');

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments of Node before the file's name. */
  readonly nodeArguments?: readonly string[];
}

/** The package as it is built, installed in a directory in which hosts can be written and run. */
export class InstalledPackage {
  readonly #directory: string;
  #hosts = 0;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Builds the package and lays it out as npm would. */
  static async install(): Promise<InstalledPackage> {
    const directory = await mkdtemp(join(tmpdir(), 'spanledger-startup-'));
    const own = join(directory, 'node_modules', 'spanledger');
    await mkdir(own, { recursive: true });
    const compile = [
      join(MODULES, '.bin', 'tsc'),
      ['-p', join(PROJECT, 'tsconfig.build.json'), '--outDir', join(own, 'dist')],
    ] as const;
    // What does not type-check is said elsewhere; the code is written nevertheless.
    await promisify(execFile)(...compile).catch(() => undefined);
    await bundleDist(join(own, 'dist'));
    await copyFile(join(PROJECT, 'package.json'), join(own, 'package.json'));
    for (const name of await readdir(MODULES)) {
      if (name !== 'spanledger' && !name.startsWith('.'))
        await symlink(join(MODULES, name), join(directory, 'node_modules', name));
    }
    await writeFile(join(directory, 'package.json'), '{"name":"host","version":"1.0.0"}');
    return new InstalledPackage(directory);
  }

  async remove(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** A directory of its own for one host: its files, and later its store. */
  async host(files: Readonly<Record<string, string>>): Promise<Host> {
    this.#hosts += 1;
    const directory = join(this.#directory, `host-${this.#hosts}`);
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(directory, name)), { recursive: true });
      await writeFile(join(directory, name), text);
    }
    return new Host(directory);
  }
}

export interface StoredTurn {
  readonly agent_name: string;
  readonly user_id: string | null;
  readonly session_id: string | null;
  readonly user_question: string;
  readonly agent_response: string;
  readonly prompt_token_count: number;
  readonly candidates_token_count: number;
  readonly complete: number;
  readonly trace_id: string;
}

export class Host {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Runs a file of the host to its end. */
  run(file: string, options: RunOptions = {}): Promise<Finished> {
    return new Promise((resolve, reject) => {
      const child = this.spawn(file, options);
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (chunk: Buffer) => {
        stdout += chunk.toString();
      });
      child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString();
      });
      child.on('error', reject);
      child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
    });
  }

  spawn(file: string, { env = {}, nodeArguments = [] }: RunOptions = {}) {
    return spawn(process.execPath, [...nodeArguments, file], {
      cwd: this.directory,
      // Nothing of this machine's own set-up; no look for a metadata server.
      env: { PATH: process.env.PATH, HOME: this.directory, METADATA_SERVER_DETECTION: 'none', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  get storePath(): string {
    return join(this.directory, '.spanledger', 'spanledger.db');
  }

  get hasStore(): boolean {
    return existsSync(this.storePath);
  }

  turns(): readonly StoredTurn[] {
    return this.#query(
      'SELECT agent_name, user_id, session_id, user_question, agent_response, prompt_token_count, candidates_token_count, complete, trace_id FROM conversation_logs',
    ) as unknown as StoredTurn[];
  }

  spans(): readonly { readonly name: string; readonly trace_id: string; readonly resource: string }[] {
    return this.#query('SELECT name, trace_id, resource FROM spans') as unknown as {
      name: string;
      trace_id: string;
      resource: string;
    }[];
  }

  #query(sql: string): readonly Record<string, unknown>[] {
    if (!this.hasStore) return [];
    const store = LocalStore.openReadOnly(this.storePath);
    try {
      return store.query(sql);
    } finally {
      store.close();
    }
  }
}
