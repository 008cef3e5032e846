import type { TestProject } from 'vitest/node';
import { build } from '../fixtures/server/built.js';
import { beforeRuns } from './before-runs.ts';

/** Tests of the built server and playground, or of parts of them, are only in these folders. */
const USES_BUILD = /[\\/]test[\\/](kill|many|server)[\\/]/;

/** Builds what is tested once for the whole run, if a file needs it: files that each built it would get in each other's way. */
export default (project: TestProject): Promise<void> => beforeRuns(project, USES_BUILD, () => build('all'));
