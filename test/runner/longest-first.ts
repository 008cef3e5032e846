import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longer than twenty seconds by themselves, the longest first. */
const LONG = [
  'many/many',
  'contract/postgres-conditions',
  'server/live/explorer',
  'server/playground',
  'server/live/fairness',
  'difference/difference',
  'contract/postgres',
  'service/buying-not-accepted',
  'server/live/tls',
  'service/live/leaks',
  'service/ledger-trust',
];

/** Begins with the files that take longest, so that no worker is left alone with one in the end; after them in Vitest's order. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const found = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return found < 0 ? LONG.length : found;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
