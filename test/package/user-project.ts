import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { inject, type ProvidedContext } from 'vitest';
import { LocalStore } from '../../src/store/local-store.ts';

export type Manager = ProvidedContext['managers'][number];

/** From the registry, as users get it. */
const MANAGERS: Readonly<Record<Exclude<Manager, 'npm'>, { readonly package: string; readonly bin: string }>> = {
  pnpm: { package: 'pnpm@12', bin: 'pnpm/bin/pnpm.mjs' },
  yarn: { package: 'yarn@1', bin: 'yarn/bin/yarn.js' },
  'yarn-berry': { package: '@yarnpkg/cli-dist@4', bin: '@yarnpkg/cli-dist/bin/yarn.js' },
};

const NPM_INSTALL = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of a user's: what is installed in it, and programs that run there. */
export class UserProject {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'spanledger-user-'));

  /**
   * @param dependencies as in package.json; `spanledger` is the packed package
   * @param more of package.json
   */
  install(manager: Manager, dependencies: Readonly<Record<string, string>>, more: Readonly<object> = {}): void {
    const own = 'spanledger' in dependencies ? { spanledger: `file:${inject('tarball')}` } : {};
    this.write(
      'package.json',
      JSON.stringify({
        name: 'user',
        private: true,
        type: 'module',
        dependencies: { ...dependencies, ...own },
        ...more,
      }),
    );
    if (manager === 'npm') {
      this.#must('npm', NPM_INSTALL);
      return;
    }
    // Beside the project: its own tree stays what its package.json says.
    const tools = join(this.directory, '.tools');
    const { package: name, bin } = MANAGERS[manager];
    mkdirSync(tools);
    this.#must('npm', [...NPM_INSTALL, '--prefix', tools, name]);
    const program = join(tools, 'node_modules', bin);
    if (manager === 'yarn-berry') this.write('.yarnrc.yml', 'nodeLinker: node-modules\nenableTelemetry: false\n');
    const options = {
      pnpm: ['--ignore-scripts'],
      yarn: ['--ignore-scripts', '--silent'],
      'yarn-berry': ['--no-immutable'],
    };
    this.#must(process.execPath, [program, 'install', ...options[manager]]);
  }

  write(name: string, text: string): string {
    const path = join(this.directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** Runs a file with this Node and nothing of the tests' environment. */
  run(file: string, env: Readonly<Record<string, string>> = {}, nodeArguments: readonly string[] = []): Ran {
    return this.#spawn(process.execPath, [...nodeArguments, file], env);
  }

  /** As `run`, for a program that talks to this process; in a folder of its own, if one is named. */
  async runBeside(file: string, env: Readonly<Record<string, string>>, cwd: string = this.directory): Promise<Ran> {
    const child = spawn(process.execPath, [file], { cwd, env: { ...this.#environment(), ...env } });
    const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
    const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { status, stdout: await stdout, stderr: await stderr };
  }

  /** A line of a shell, as a page shows it. */
  shell(line: string): void {
    this.#must('sh', ['-c', line]);
  }

  /** Starts what goes on, as a server does; in a folder of its own, if one is named. */
  serve(line: string, env: Readonly<Record<string, string>>, cwd: string = this.directory): ChildProcess {
    return spawn('sh', ['-c', `exec ${line}`], { cwd, env: { ...this.#environment(), ...env }, stdio: 'ignore' });
  }

  spanledger(...args: readonly string[]): Ran {
    return this.#spawn(join(this.directory, 'node_modules/.bin/spanledger'), args);
  }

  /** Of the local store; of the one in another folder, if one is named. */
  rows(directory: string = this.directory): readonly Readonly<Record<string, unknown>>[] {
    const store = LocalStore.openReadOnly(join(directory, '.spanledger/spanledger.db'));
    try {
      return store.query('SELECT agent_name, prompt_token_count, model_call_count FROM conversation_logs');
    } finally {
      store.close();
    }
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  #must(command: string, args: readonly string[]): void {
    const { status, stdout, stderr } = this.#spawn(command, args);
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stdout}${stderr}`);
  }

  #spawn(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Ran {
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: this.directory,
      encoding: 'utf8',
      env: { ...this.#environment(), ...env },
    });
    return { status, stdout, stderr };
  }

  #environment(): Readonly<Record<string, string | undefined>> {
    return {
      PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
      HOME: process.env.HOME,
      METADATA_SERVER_DETECTION: 'none',
      // Yarn looks for the project above a folder without a lock file; and CI makes it refuse to write one.
      YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
    };
  }
}
