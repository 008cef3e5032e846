import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, loadBuilt } from '../../test/fixtures/server/built.ts';
import { launchServer, type ServerProcess } from '../../test/fixtures/server/server-process.ts';
import { serverSettings } from '../../test/fixtures/server/settings.ts';
import type { Result } from './results.ts';
import type { Simulator, SimulatorOptions } from '../../src/simulator/simulator.js';

/** What a scenario uses to start servers; everything it starts is stopped and removed afterwards, even on failure. */
export interface Stage {
  simulate(options?: SimulatorOptions): Promise<Simulator>;
  /** A fresh directory, for a ledger or for anything else. */
  directory(): Promise<string>;
  /** Starts a server in its own process that uses `upstream`; resolves when it listens. */
  serve(upstream: string, options?: ServeOptions): Promise<{ server: ServerProcess; url: string }>;
  /** Starts a baseline to compare with: a script of this directory in its own process; resolves when it listens. */
  servePeer(script: string, options?: PeerOptions): Promise<{ child: ChildProcess; url: string }>;
  atEnd(closer: () => unknown): void;
}

interface ServeOptions {
  /** Beside those of a server that uses `upstream`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly nodeArguments?: readonly string[];
  /** The program to run. @default that of this version */
  readonly entry?: string;
}

interface PeerOptions {
  readonly nodeArguments?: readonly string[];
  /** Sent to it before it listens. */
  readonly message?: object;
}

/** Builds `dist`, runs the scenario, cleans up, and sends the result to the runner, which has built already, if there is one. */
export async function play(scenario: (stage: Stage) => Promise<Result>): Promise<void> {
  if (!process.connected) await build();
  const { PROFILE_DIR } = process.env;
  const closers: (() => unknown)[] = [];
  const stage: Stage = {
    async simulate(options = {}) {
      const { startSimulator } = await loadBuilt();
      const simulator = await startSimulator(options);
      closers.push(() => simulator.close());
      return simulator;
    },
    async directory() {
      const directory = await mkdtemp(join(tmpdir(), 'jobalyzer-bench-'));
      closers.push(() => rm(directory, { recursive: true, force: true }));
      return directory;
    },
    async serve(upstream, { settings = {}, nodeArguments = [], ...options } = {}) {
      const profile = PROFILE_DIR ? ['--cpu-prof', `--cpu-prof-dir=${PROFILE_DIR}`] : [];
      const server = launchServer({
        ...options,
        settings: { ...serverSettings(upstream, await stage.directory()), LOG_LEVEL: 'info', ...settings },
        nodeArguments: [...profile, ...preload('./announce.ts'), ...nodeArguments],
        channel: true,
      });
      // A profile is written only on a graceful exit.
      closers.push(() => server.end(PROFILE_DIR ? 'SIGTERM' : 'SIGKILL'));
      try {
        return { server, url: await nextMessage<string>(server.child) };
      } catch (error) {
        throw new Error(server.log(), { cause: error });
      }
    },
    async servePeer(script, { nodeArguments = [], message } = {}) {
      const child = fork(fileURLToPath(new URL(script, import.meta.url)), {
        execArgv: [...nodeArguments],
        env: { ...process.env, NODE_ENV: 'production' },
      });
      closers.push(() => child.kill('SIGKILL'));
      if (message) child.send(message);
      return { child, url: await nextMessage<string>(child) };
    },
    atEnd: (closer) => void closers.push(closer),
  };
  try {
    const command = ['node', `bench/${basename(process.argv[1] ?? '')}`, ...process.argv.slice(2)].join(' ');
    console.log(`${command}   (node ${process.versions.node}, ${availableParallelism()} cores)\n`);
    const result = await scenario(stage);
    process.send?.(result);
  } finally {
    for (const closer of closers.reverse()) await closer();
  }
}

/** The Node arguments that preload a script of this directory. */
export function preload(script: string): readonly string[] {
  return ['--import', new URL(script, import.meta.url).href];
}

/** Sends a question to a preloaded script and returns its reply. */
export async function askChild<T>(child: ChildProcess, question: string): Promise<T> {
  const reply = nextMessage<T>(child);
  child.send(question);
  return reply;
}

async function nextMessage<T>(child: ChildProcess): Promise<T> {
  const got = new AbortController();
  const message = once(child, 'message', { signal: got.signal }) as Promise<[T]>;
  const exit = once(child, 'exit', { signal: got.signal }).then(([code, signal]) => {
    throw new Error(`A process ended before it replied (${signal ?? code}).`);
  });
  try {
    return (await Promise.race([message, exit]))[0];
  } finally {
    got.abort();
    await Promise.allSettled([message, exit]);
  }
}
