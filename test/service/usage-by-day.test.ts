import { describe, expect, it } from 'vitest';
import { PayAndYoeDocument, UsageByDayDocument } from '../generated/operations.js';
import { SEATTLE } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';

useServers({ pendingPolls: 0 });

const HOUR = 3_600_000;

describe.concurrent('usage by day', () => {
  const DAY = 24 * HOUR;
  const at = (time: number): string => new Date(time).toISOString();

  it('has every UTC day of the period, today among them', async ({ start }) => {
    const server = await start();
    await server.run(PayAndYoeDocument, { answers: SEATTLE });
    await server.run(PayAndYoeDocument, { answers: SEATTLE });
    const now = Date.now();
    const { data, errors } = await server.run(UsageByDayDocument, { since: at(now - 2 * DAY), until: at(now) });
    expect(errors).toEqual([]);
    const days = data?.usageByDay ?? [];
    expect(days.map(({ day }) => day)).toEqual([2, 1, 0].map((ago) => at(now - ago * DAY).slice(0, 10)));
    const nothing = { submitted: 0, collected: 0, billable: 0, failed: 0, uncertain: 0, recovered: 0, saved: 0 };
    expect(days[0]).toEqual({ day: days[0]?.day, ...nothing });
    const sum = (name: 'submitted' | 'collected' | 'saved') => days.reduce((total, each) => total + each[name], 0);
    // The reports may have been bought and collected around midnight.
    expect([sum('submitted'), sum('collected'), sum('saved')]).toEqual([2, 2, 2]);
  });

  it('begins when counting began, and has a year at most', async ({ start }) => {
    const server = await start();
    const asked = Date.now();
    const { data } = await server.run(UsageByDayDocument);
    expect(data?.usageByDay?.length).toBeLessThanOrEqual(2);
    expect([asked, Date.now()].map((time) => at(time).slice(0, 10))).toContain(data?.usageByDay?.at(-1)?.day);
    const future = await server.run(UsageByDayDocument, { until: '9999-12-31T12:00:00Z' });
    expect(future.data?.usageByDay).toHaveLength(366);
    const year = await server.run(UsageByDayDocument, {
      since: '2025-03-01T23:00:00Z',
      until: '2026-03-01T01:00:00Z',
    });
    expect(year.data?.usageByDay).toHaveLength(366);
  });

  it.for([
    ['2025-02-28T00:00:00Z', '2026-03-01T00:00:00Z'],
    ['2026-03-02T00:00:00Z', '2026-03-01T00:00:00Z'],
    ['0001-01-01T00:00:00Z', null],
    ['9999-01-01T00:00:00Z', null],
  ] as const)('is refused from %s until %s', async ([since, until], { start }) => {
    const server = await start();
    const { data, errors } = await server.run(UsageByDayDocument, { since, until });
    expect(data).toEqual({ usageByDay: null });
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'since' });
  });
});
