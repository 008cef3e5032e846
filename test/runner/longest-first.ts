import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longer than twenty seconds by themselves, the longest first. */
const LONG = [
  'many/many',
  'contract/postgres-conditions',
  'server/live/explorer',
  'kill/kill',
  'server/unreadable-usage-log',
  'contract/postgres',
  'server/live/explorer-list',
  'server/playground',
  'difference/difference',
  'server/live/fairness',
  'server/live/explorer-trouble',
  'service/live/leaks',
  'service/ledger-trust',
  'server/threaded-ledger',
  'contract/postgres-shared',
  'service/restart',
  'server/live/tls',
  'service/buying-not-accepted',
  'server/live/database-stop',
  'server/live/slow-readers',
  'server/live/packed',
];

/**
 * Begins with the files that take longest, so that no worker is left alone with one in the end; after them in Vitest's order. A project
 * is finished before the next one, since a worker whose next file is of another project is not used again.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const found = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return found < 0 ? LONG.length : found;
    };
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project))];
    const place = ({ project }: TestSpecification): number => projects.indexOf(project);
    return sorted.sort((a, b) => place(a) - place(b) || rank(a) - rank(b));
  }
}
