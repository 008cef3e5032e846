import type { TestProject } from 'vitest/node';
import { startPostgres, type Postgres } from '../fixtures/postgres/postgres.js';
import { build } from '../fixtures/server/built.js';

/** Tests of the built server and playground, or of parts of them, are only in these folders. */
const USES_BUILD = /[\\/]test[\\/](kill|many|server)[\\/]/;

/** Tests that use `testDatabase` are only in these folders. */
const USES_POSTGRES = /[\\/]test[\\/](contract|fixtures[\\/]postgres)[\\/]/;

/**
 * Builds what is tested once for the whole run, if a file needs it: files that each built it would get in each other's way.
 * Likewise starts one PostgreSQL server for all files.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let postgres: Postgres | undefined;
  const prepare = async (paths: readonly string[]): Promise<void> => {
    if (paths.some((path) => USES_BUILD.test(path))) await build('all');
    if (paths.some((path) => USES_POSTGRES.test(path))) postgres ??= await startPostgres();
    project.provide('postgresUrl', postgres?.url ?? null);
  };
  project.onTestsRerun((specifications) => prepare(specifications.map(({ moduleId }) => moduleId)));
  await prepare(project.vitest.state.getPaths());
  return async () => postgres?.close();
}
