import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { startPostgres, type Postgres } from '../fixtures/postgres/postgres.js';
import { build } from '../fixtures/server/built.js';

/** Tests of the built server and playground, or of parts of them, are only in these folders. */
const USES_BUILD = /[\\/]test[\\/](kill|server)[\\/]/;

/** Tests that use `testDatabase` are only in these folders. */
const USES_POSTGRES = /[\\/]test[\\/](contract|fixtures[\\/]postgres)[\\/]/;

/**
 * Builds `dist` once for the whole run, if a file needs it: files that each built it would get in each other's way.
 * Likewise starts one PostgreSQL server for all files.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let postgres: Postgres | undefined;
  const prepare = async (paths: readonly string[]): Promise<void> => {
    if (paths.some((path) => USES_BUILD.test(path))) await Promise.all([build(), buildPlayground()]);
    if (paths.some((path) => USES_POSTGRES.test(path))) postgres ??= await startPostgres();
    project.provide('postgresUrl', postgres?.url ?? null);
  };
  project.onTestsRerun((specifications) => prepare(specifications.map(({ moduleId }) => moduleId)));
  await prepare(project.vitest.state.getPaths());
  return async () => postgres?.close();
}

async function buildPlayground(): Promise<void> {
  await promisify(execFile)(process.execPath, ['playground/build.ts']).catch((error: Error & { stderr?: string }) => {
    throw new Error(`The playground could not be built:\n${error.stderr ?? ''}`, { cause: error });
  });
}
