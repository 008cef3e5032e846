import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
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
  atEnd(closer: () => unknown): void;
}

export interface ServeOptions {
  readonly dataDir?: string;
  readonly nodeArguments?: readonly string[];
  readonly channel?: boolean;
}

/** Builds, plays, and cleans up; `command` is how to play it again. */
export async function play(command: string, scenario: (stage: Stage) => Promise<void>): Promise<void> {
  await build();
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
    async serve(upstream, options = {}) {
      const dataDir = options.dataDir ?? (await stage.dataDir());
      const server = launchServer({
        ...options,
        settings: { ...serverSettings(upstream, dataDir), LOG_LEVEL: 'info' },
      });
      closers.push(() => server.end('SIGKILL'));
      return { server, url: await server.listening };
    },
    atEnd: (closer) => void closers.push(closer),
  };
  try {
    console.log(`${command}   (node ${process.versions.node}, ${availableParallelism()} cores)\n`);
    await scenario(stage);
  } finally {
    for (const closer of closers.reverse()) await closer();
  }
}
