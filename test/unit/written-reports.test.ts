import { describe, expect, it } from 'vitest';
import type { Kept } from '../../src/datasources/reports/cache.js';
import { createWrittenReports } from '../../src/graphql/stored/written-reports.js';

const report = (): Kept => ({}) as Kept;

describe('what was written of reports', () => {
  it('is there for the same report and the same selection', () => {
    const written = createWrittenReports();
    const [one, other, selection] = [report(), report(), {}];
    written.set(one, selection, 'a');
    written.set(one, {}, 'b');
    expect(written.get(one, selection)).toBe('a');
    expect(written.get(one, {})).toBeUndefined();
    expect(written.get(other, selection)).toBeUndefined();
  });

  it('stays as long as it is used; what is not used goes', () => {
    const written = createWrittenReports(10_000);
    const [used, unused, selection] = [report(), report(), {}];
    written.set(used, selection, 'used');
    written.set(unused, selection, 'unused');
    for (let number = 0; number < 100; number++) {
      written.set(report(), selection, 'x'.repeat(1_000));
      expect(written.get(used, selection)).toBe('used');
    }
    expect(written.get(unused, selection)).toBeUndefined();
  });

  it('is of a bounded size, each and together', () => {
    const written = createWrittenReports(10_000);
    const reports = Array.from({ length: 100 }, report);
    const selection = {};
    for (const each of reports) written.set(each, selection, 'x'.repeat(800));
    expect(reports.filter((each) => written.get(each, selection) !== undefined).length).toBeLessThanOrEqual(10);

    const unlimited = createWrittenReports();
    const [one] = reports;
    if (!one) throw new Error('There is none.');
    unlimited.set(one, selection, 'x'.repeat(256 * 1024 + 1));
    expect(unlimited.get(one, selection)).toBeUndefined();
    unlimited.set(one, selection, 'x'.repeat(256 * 1024));
    expect(unlimited.get(one, selection)).toHaveLength(256 * 1024);
  });
});
