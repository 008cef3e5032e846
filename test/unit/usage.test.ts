import { describe, expect, it } from 'vitest';
import { createFollowing } from '../../src/datasources/reports/follow.js';
import type { State } from '../../src/datasources/reports/ledger.js';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import { createUsage } from '../../src/datasources/reports/usage.js';
import { createWatcher } from '../../src/datasources/reports/watch.js';
import { canonicalAnswers } from '../../src/model/answers.js';
import type { ReportType } from '../../src/model/report.js';
import { BUYER } from '../fixtures/buyer.js';
import { NURSE } from '../fixtures/answers/answers.js';
import { entryAt } from '../fixtures/fake-ledger.js';
import { createMemoryLedger } from '../fixtures/memory-ledger.js';

const REPORT = { id: 'r', request: { autoResolveJobTitle: true, answers: canonicalAnswers(NURSE, 'answers') } };
const READY: State = { state: 'COLLECTED', rating: 1, warnings: [], attempt: 1, expiresAt: Date.now() + 3_600_000 };
const failure = { code: 'REPORT_FAILED', message: 'No.', details: { issues: [] } } as const;
const FAILED: State = { state: 'FAILED', failure, attempt: 1, expiresAt: Date.now() + 3_600_000 };

describe('usage', () => {
  it('is what the ledger has counted', async () => {
    const counted: number[] = [];
    const usage = createUsage({
      since: 5,
      usage: async (since: number, until: number) => ({ since, until }),
      latest: async () => 7,
      countSaved: (reports: number) => void counted.push(reports),
    } as unknown as Ledger);
    expect([usage.since, await usage.count(1, 2), await usage.latest()]).toEqual([5, { since: 1, until: 2 }, 7]);
    usage.countSaved(3);
    expect(counted).toEqual([3]);
  });

  it.each<[string, State, readonly ReportType[], number]>([
    ['counts a report that becomes READY for a subscriber as saved', READY, [], 1],
    ['does not count one that was bought for the subscriber', READY, ['PAY'], 0],
    ['does not count one that has failed', FAILED, [], 0],
  ])('%s', async (_, state, purchased, saved) => {
    const memory = createMemoryLedger();
    memory.put(REPORT, entryAt(4, state));
    const counted: number[] = [];
    const usage = { countSaved: (reports: number) => void counted.push(reports) };
    const following = createFollowing(
      createWatcher(memory.ledger),
      { ensure: async () => ({ bought: purchased, refused: new Map() }) },
      usage as unknown as ReturnType<typeof createUsage>,
    );
    const events = await following.follow(REPORT, ['PAY'], BUYER);
    const statuses: string[] = [];
    for await (const { status } of events) statuses.push(status);
    expect(statuses).toEqual([state === READY ? 'READY' : 'FAILED']);
    expect(counted.reduce((sum, reports) => sum + reports, 0)).toBe(saved);
  });
});
