import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { build } from '../fixtures/server/built.js';

/** Tests of the built server and playground, or of parts of them, are only in these folders. */
const USES_BUILD = /[\\/]test[\\/](kill|server)[\\/]/;

/** Builds `dist` once for the whole run, if a file needs it: files that each built it would get in each other's way. */
export default async function setup(project: TestProject): Promise<void> {
  const buildFor = async (paths: readonly string[]): Promise<void> => {
    if (paths.some((path) => USES_BUILD.test(path))) await Promise.all([build(), buildPlayground()]);
  };
  project.onTestsRerun((specifications) => buildFor(specifications.map(({ moduleId }) => moduleId)));
  await buildFor(project.vitest.state.getPaths());
}

async function buildPlayground(): Promise<void> {
  await promisify(execFile)(process.execPath, ['playground/build.ts']).catch((error: Error & { stderr?: string }) => {
    throw new Error(`The playground could not be built:\n${error.stderr ?? ''}`, { cause: error });
  });
}
