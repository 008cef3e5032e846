import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, loadBuilt } from '../../test/kill/built.ts';
import { launchServer, serverSettings, type ServerProcess } from '../../test/kill/server-process.ts';
import type { Simulator, SimulatorOptions } from '../../src/simulator/simulator.js';

/** Where a scenario is played: what it starts here is ended and removed when it is over, however it ends. */
export interface Stage {
  simulate(options?: SimulatorOptions): Promise<Simulator>;
  /** A fresh directory for a ledger. */
  dataDir(): Promise<string>;
  /** A server in a process of its own, with `upstream` as the service it buys from; resolves when it listens. */
  serve(upstream: string, options?: ServeOptions): Promise<{ server: ServerProcess; url: string }>;
  /** What a server is measured against: a script of this directory in a process of its own, resolves when it listens. */
  servePeer(script: string, options?: PeerOptions): Promise<{ child: ChildProcess; url: string }>;
  atEnd(closer: () => unknown): void;
}

export interface ServeOptions {
  readonly nodeArguments?: readonly string[];
  readonly channel?: boolean;
}

export interface PeerOptions {
  readonly nodeArguments?: readonly string[];
  /** What it is told before it listens. */
  readonly message?: object;
}

/** Builds, plays, and cleans up. */
export async function play(scenario: (stage: Stage) => Promise<void>): Promise<void> {
  await build();
  const { PROFILE_DIR } = process.env;
  const closers: (() => unknown)[] = [];
  const stage: Stage = {
    async simulate(options = {}) {
      const { startSimulator } = await loadBuilt();
      const simulator = await startSimulator(options);
      closers.push(() => simulator.close());
      return simulator;
    },
    async dataDir() {
      const directory = await mkdtemp(join(tmpdir(), 'jobalyzer-bench-'));
      closers.push(() => rm(directory, { recursive: true, force: true }));
      return directory;
    },
    async serve(upstream, { nodeArguments = [], channel = false } = {}) {
      const profile = PROFILE_DIR ? ['--cpu-prof', `--cpu-prof-dir=${PROFILE_DIR}`] : [];
      const server = launchServer({
        settings: { ...serverSettings(upstream, await stage.dataDir()), LOG_LEVEL: 'info' },
        nodeArguments: [...profile, ...nodeArguments],
        channel,
      });
      // A profile is written only where the server ends of its own accord.
      closers.push(() => server.end(PROFILE_DIR ? 'SIGTERM' : 'SIGKILL'));
      return { server, url: await server.listening };
    },
    async servePeer(script, { nodeArguments = [], message } = {}) {
      const child = fork(fileURLToPath(new URL(script, import.meta.url)), { execArgv: [...nodeArguments] });
      closers.push(() => child.kill('SIGKILL'));
      if (message) child.send(message);
      const [url] = (await once(child, 'message')) as [string];
      return { child, url };
    },
    atEnd: (closer) => void closers.push(closer),
  };
  try {
    const command = ['node', `bench/${basename(process.argv[1] ?? '')}`, ...process.argv.slice(2)].join(' ');
    console.log(`${command}   (node ${process.versions.node}, ${availableParallelism()} cores)\n`);
    await scenario(stage);
  } finally {
    for (const closer of closers.reverse()) await closer();
  }
}

/** What makes Node load a script of this directory before its own code. */
export function preload(script: string): readonly string[] {
  return ['--import', new URL(script, import.meta.url).href];
}

/** The answer of a preloaded script. */
export async function askChild<T>(child: ChildProcess, question: string): Promise<T> {
  const told = once(child, 'message') as Promise<[T]>;
  child.send(question);
  return (await told)[0];
}
