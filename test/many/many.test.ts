import { describe, expect, it } from 'vitest';
import { crashes } from './scenarios/crashes.js';
import { doubts } from './scenarios/doubts.js';
import { frozen } from './scenarios/frozen.js';
import { identical } from './scenarios/identical.js';
import { kills } from './scenarios/kills.js';
import { rolling } from './scenarios/rolling.js';
import { spellings } from './scenarios/spellings.js';

// Each in short; npm run test:many has the figures.
describe('several servers on one database', { timeout: 900_000 }, () => {
  it('buy a report once, however many ask, and one of them polls', async () => {
    const { figures, problems } = await identical({ servers: 4, queries: 80 });
    expect(problems).toEqual([]);
    expect(figures).toMatchObject({ POSTs: 1, pollers: 1 });
  });

  it('buy a question once, in however many spellings it is asked', async () => {
    const { figures, problems } = await spellings({ servers: 2, distinct: 10 });
    expect(problems).toEqual([]);
    expect(figures).toMatchObject({ questions: 100, 'bought on a cold start': 10, 'bought again': 0 });
  });

  it('lose nothing and buy nothing twice when one of them is killed', async () => {
    const { figures, problems } = await kills({ kills: 4, reports: 80 });
    expect(problems).toEqual([]);
    expect(figures).toMatchObject({ kills: 4, 'distinct reports': 80 });
  });

  it('find in a usage log what a kill cut off, apart from what that lacks', async () => {
    const { figures, problems } = await doubts({ kills: 3, reports: 60, missing: 4 });
    expect(problems).toEqual([]);
    expect(figures).toMatchObject({ 'distinct reports': 60, 'bought twice': 0 });
  });

  it('go on by themselves after PostgreSQL crashed, and declare nobody dead when it is away for twice the lease', async () => {
    const { figures, problems } = await crashes({ crashes: 2, servers: 2 });
    expect(problems).toEqual([]);
    expect(figures).toMatchObject({ crashes: 2, 'declared dead': 0, uncertain: 0 });
  });

  it('of the release before are replaced by those of this one, which write what they cannot read once they have left', async () => {
    const { figures, problems } = await rolling({ seconds: 0.3, freezes: false });
    expect(problems).toEqual([]);
    expect(figures).toMatchObject({ 'entries beyond the first form while both ran': 0 });
    expect(figures['entries beyond the first form in the end']).toBeGreaterThan(0);
  });

  it('fence one that was stopped for longer than its lease, whose answers still count', async () => {
    const { figures, problems } = await frozen({ posts: 6 });
    expect(problems).toEqual([]);
    expect(figures).toMatchObject({ 'POSTs in flight': 6, 'reports bought': 9 });
  });
});
