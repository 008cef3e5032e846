import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..', '..');

/** The compiled server, since what is tested and measured is what ships. */
export const SERVER_ENTRY = join(ROOT, 'dist', 'main.js');

/** Builds `dist`; quick if it is up to date. */
export async function build(): Promise<void> {
  const run = promisify(execFile);
  try {
    await run(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'], {
      cwd: ROOT,
    });
    await run(process.execPath, [join('scripts', 'copy-migrations.ts')], { cwd: ROOT });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`dist could not be built:\n${stdout ?? ''}${stderr ?? ''}`, { cause: error });
  }
}

/** Parts of the build, for scripts that Node runs directly and that therefore cannot import from src. */
export async function loadBuilt() {
  const [simulator, links, hash, answers, identity] = await Promise.all([
    load('simulator/simulator.js') as Promise<typeof import('../../src/simulator/simulator.js')>,
    load('simulator/links.js') as Promise<typeof import('../../src/simulator/links.js')>,
    load('simulator/hash.js') as Promise<typeof import('../../src/simulator/hash.js')>,
    load('model/answers.js') as Promise<typeof import('../../src/model/answers.js')>,
    load('model/report-id.js') as Promise<typeof import('../../src/model/report-id.js')>,
  ]);
  return {
    startSimulator: simulator.startSimulator,
    /** The simulator's key for a report. */
    reportKey: links.reportKey,
    seededRandom: hash.seededRandom,
    canonicalAnswers: answers.canonicalAnswers,
    reportId: identity.reportId,
  };
}

export type Built = Awaited<ReturnType<typeof loadBuilt>>;

function load(path: string): Promise<unknown> {
  return import(/* @vite-ignore */ pathToFileURL(join(ROOT, 'dist', path)).href);
}
