import type { TestProject } from 'vitest/node';
import { startPostgres, type Postgres } from '../fixtures/postgres/postgres.js';
import { beforeRuns } from './before-runs.ts';

/** Tests that use `testDatabase` are only in these folders. */
const USES_POSTGRES = /[\\/]test[\\/](contract|fixtures[\\/]postgres)[\\/]/;

/** Starts one PostgreSQL server for all files that need it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let postgres: Postgres | undefined;
  project.provide('postgresUrl', null);
  await beforeRuns(project, USES_POSTGRES, async () => {
    postgres ??= await startPostgres();
    project.provide('postgresUrl', postgres.url);
  });
  return async () => postgres?.close();
}
