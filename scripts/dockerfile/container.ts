import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { commandOf, environmentOf, lastOf, type Stage } from './instructions.ts';

const LONGEST_START_MS = 60_000;
const LOOK_EVERY_MS = 200;

/** A stage whose steps were followed, to be run as an engine would run it. */
export interface Container {
  /** Runs its program with these arguments to its end; resolves to what it prints. */
  run(...operands: string[]): Promise<string>;
  /** Whether the command of its health check says that it is well. */
  isHealthy(): Promise<boolean>;
  /** Starts it; resolves when it is healthy. */
  start(): Promise<Running>;
}

interface Running {
  /** Sends the signal that ends it to its first process; resolves to the code with which it ends. */
  stop(): Promise<number | null>;
}

/**
 * @param directory stands for the file system of the stage
 * @param settings are added to those of the image
 */
export function containerOf(stage: Stage, directory: string, settings: Readonly<Record<string, string>>): Container {
  /** A path in the image is one below the directory here. */
  const here = (word: string): string => {
    const path = join(directory, word);
    return word.startsWith('/') && existsSync(path) ? path : word;
  };
  const env: Record<string, string | undefined> = { PATH: process.env['PATH'] };
  for (const [name, value] of Object.entries(environmentOf(stage))) env[name] = here(value);
  Object.assign(env, settings);
  const entrypoint = commandOf(lastOf(stage, 'ENTRYPOINT')).map(here);
  const [user = '', group = ''] = lastOf(stage, 'USER').rest.split(':');
  const signal = lastOf(stage, 'STOPSIGNAL').rest as NodeJS.Signals;

  /** As its user and as the first process of its own, which only root can arrange; otherwise as whoever runs this. */
  const wrapper =
    process.getuid?.() === 0
      ? `unshare --pid --fork --kill-child setpriv --reuid=${user} --regid=${group} --clear-groups --`.split(' ')
      : [];

  function launch(operands: readonly string[]): ChildProcess {
    const [program = '', ...rest] = [...wrapper, ...entrypoint, ...operands];
    return spawn(program, rest, { cwd: directory, env, stdio: ['ignore', 'pipe', 'inherit'], timeout: 300_000 });
  }

  async function isHealthy(): Promise<boolean> {
    const [program = '', ...rest] = commandOf(lastOf(stage, 'HEALTHCHECK'));
    return new Promise((resolve) => {
      execFile(program, rest, { env, timeout: 5_000 }, (error) => resolve(error === null));
    });
  }

  return {
    isHealthy,

    async run(...operands) {
      const child = launch(operands);
      let output = '';
      child.stdout?.setEncoding('utf8').on('data', (text) => (output += text));
      const [code] = (await once(child, 'close')) as [number | null];
      if (code !== 0) throw new Error(`${operands.join(' ')} ended with ${code}.`);
      return output;
    },

    async start() {
      const child = launch([]);
      child.stdout?.resume();
      const exited = once(child, 'exit') as Promise<[number | null]>;
      for (const end = Date.now() + LONGEST_START_MS; !(await isHealthy()); await delay(LOOK_EVERY_MS)) {
        if (child.exitCode === null && Date.now() < end) continue;
        child.kill('SIGKILL');
        throw new Error('It does not start.');
      }
      return {
        async stop() {
          process.kill(wrapper.length === 0 ? (child.pid ?? 0) : childOf(child.pid ?? 0), signal);
          const [code] = await exited;
          return code;
        },
      };
    },
  };
}

/** The process that `unshare` has started: to itself it is number 1. */
function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'));
}
