import { spawn, type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Order, Result } from './host.ts';

/** What a mutant may use before it is ended: it may loop, fill memory, or write without end. */
const MOST_MEMORY_MB = 3_000;
/** Of each process, enforced by the kernel: a loop may fill memory between two looks at it. */
const MOST_MEMORY_OF_PROCESS_KB = 3_000_000;
const MOST_DISK_MB = 512;
const LARGEST_FILE_BLOCKS = 512 * 1024;
const WATCH_EVERY_MS = 500;
const LIMITED = `ulimit -f ${LARGEST_FILE_BLOCKS}; ulimit -d ${MOST_MEMORY_OF_PROCESS_KB}; exec "$@"`;

export type Ending = 'timeout' | 'memory' | 'disk' | 'crash';

/** Runs test files in a process group of its own, with everything they write in a directory of its own. */
export class Host {
  #child: ChildProcess | undefined;
  #directory = '';

  /** Resolves to the result, or to why the process had to be ended before there was one. */
  async run(order: Order, withinMs: number): Promise<Result | Ending> {
    const child = (this.#child ??= await this.#start());
    const { promise, resolve } = Promise.withResolvers<Result | Ending>();
    const onMessage = (result: Result): void => resolve(result);
    const onExit = (): void => resolve('crash');
    child.once('message', onMessage);
    child.once('exit', onExit);
    child.send(order);
    const timer = setTimeout(() => resolve('timeout'), withinMs);
    const watching = setInterval(() => {
      if (memoryOf(child.pid) > MOST_MEMORY_MB) resolve('memory');
      else if (diskOf(this.#directory) > MOST_DISK_MB) resolve('disk');
    }, WATCH_EVERY_MS);
    const outcome = await promise;
    clearTimeout(timer);
    clearInterval(watching);
    child.off('message', onMessage).off('exit', onExit);
    if (typeof outcome === 'string') this.close();
    return outcome;
  }

  /** The blocks that the last test file executed; see `record.ts`. */
  executed(): string[] {
    return JSON.parse(readFileSync(join(this.#directory, 'executed.json'), 'utf8')) as string[];
  }

  /** Kills the process and all that it started. */
  close(): void {
    const pid = this.#child?.pid;
    this.#child = undefined;
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
    if (this.#directory !== '') rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5 });
    this.#directory = '';
  }

  async #start(): Promise<ChildProcess> {
    this.#directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'mutation-'));
    const host = join(import.meta.dirname, 'host.ts');
    const child = spawn('sh', ['-c', LIMITED, 'sh', process.execPath, host], {
      cwd: join(import.meta.dirname, '../..'),
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, TEST_DIRECTORY: this.#directory, MUTATION_RECORDS: this.#directory },
    });
    await once(child, 'message');
    return child;
  }
}

/** Of a whole process group, in megabytes. */
function memoryOf(group: number | undefined): number {
  const lines = execFileSync('ps', ['-eo', 'pgid=,rss='], { encoding: 'utf8' }).trim().split('\n');
  const sizes = lines.map((line) => line.trim().split(/\s+/).map(Number)).filter(([pgid]) => pgid === group);
  return sizes.reduce((sum, [, kilobytes = 0]) => sum + kilobytes, 0) / 1024;
}

function diskOf(directory: string): number {
  try {
    return Number(
      execFileSync('du', ['-sm', directory], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\t')[0],
    );
  } catch {
    // A file was removed meanwhile.
    return 0;
  }
}
