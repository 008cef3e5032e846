import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { copyFromContext } from './context.ts';
import type { Instruction, Stage } from './instructions.ts';

const LONGEST_RUN_MS = 1_800_000;
/** What a step gets of this environment: where programs are, and how registries are reached. */
const OF_THIS_MACHINE = ['PATH', 'HOME', 'NODE_EXTRA_CA_CERTS', 'HTTPS_PROXY', 'NO_PROXY'];

export interface Build {
  /** The sources. */
  readonly root: string;
  /** What of them may be copied. */
  readonly context: readonly string[];
  /** Where each stage has a folder of its name, which stands for its file system. */
  readonly directory: string;
}

/**
 * Follows the steps of a stage, in a folder that stands for its file system. A command runs with the programs of this machine, so
 * it must name files relative to its directory. Rejects if a step cannot be followed.
 */
export async function follow(stage: Stage, { root, context, directory }: Build): Promise<void> {
  let workdir = join(directory, stage.name);
  for (const instruction of stage.instructions) {
    const { name, flags, rest } = instruction;
    const words = rest.split(/\s+/);
    if (name === 'WORKDIR') {
      workdir = join(directory, stage.name, rest);
      await mkdir(workdir, { recursive: true });
    } else if (name === 'RUN') {
      await run(rest, workdir);
    } else if (name === 'COPY' && flags['from'] === undefined) {
      await copyFromContext(root, context, words.slice(0, -1), workdir);
    } else if (name === 'COPY') {
      const [from = '', to = ''] = words;
      const target = to.startsWith('/') ? join(directory, stage.name, to) : join(workdir, to);
      await cp(join(directory, flags['from'] ?? '', from), target, { recursive: true, preserveTimestamps: true });
      await give(target, flags['chown']);
    } else if (!SAYS_HOW_IT_RUNS.has(name)) {
      throw new Error(`${name} is an instruction that cannot be followed here.`);
    }
  }
}

/** What does not change the files. */
const SAYS_HOW_IT_RUNS: ReadonlySet<Instruction['name']> = new Set(
  'ENV USER VOLUME EXPOSE HEALTHCHECK STOPSIGNAL ENTRYPOINT'.split(' '),
);

async function run(command: string, cwd: string): Promise<void> {
  console.log(`RUN ${command}`);
  const child = spawn('sh', ['-ec', command], {
    cwd,
    env: Object.fromEntries(OF_THIS_MACHINE.map((name) => [name, process.env[name]])),
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: LONGEST_RUN_MS,
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${command} ended with ${code}.`);
}

/** Only root can give away; without it, whoever runs this has it. */
async function give(path: string, owner: string | undefined): Promise<void> {
  if (owner === undefined || process.getuid?.() !== 0) return;
  const [user = 0, group = 0] = owner.split(':').map(Number);
  await chown(path, user, group);
}
