import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Entry, State } from '../../src/datasources/reports/ledger.js';
import { transition } from '../../src/datasources/reports/transition.js';
import type { ReportRecord } from '../../src/datasources/reports/ports.js';
import { createResume } from '../../src/datasources/reports/resume.js';
import { canonicalAnswers } from '../../src/model/answers.js';
import type { ReportType } from '../../src/model/report.js';
import { entryAt } from '../fixtures/fake-ledger.js';

const LINKED: State = {
  state: 'LINKED',
  link: '/jobalyzer/x',
  warnings: [],
  attempt: 0,
  faults: 0,
  nextPollAt: null,
  retryAfterMs: null,
};
const MINUTE = 60_000;

afterEach(() => void vi.restoreAllMocks());

describe('what an earlier process left', () => {
  it('is polled at different times, not before a quarter of a second and within the next half', async () => {
    const { resume, scheduled } = resuming();
    for (const random of [0, 0.5, 0.999]) {
      vi.spyOn(Math, 'random').mockReturnValue(random);
      await resume(record(entryAt(3, LINKED)));
    }
    expect(scheduled.map(({ delayMs }) => Math.round(delayMs))).toEqual([250, 500, 750]);
    expect(scheduled[0]).toMatchObject({ id: 'r', type: 'PAY' });
  });

  it('is bought in one purchase if it was claimed a short while ago', async () => {
    const { resume, started, stored } = resuming();
    await resume(record(claimedBefore(9 * MINUTE), claimedBefore(1 * MINUTE, 'YOE')));
    expect(started).toEqual([['PAY', 'YOE']]);
    expect(stored).toEqual([]);
  });

  it('is not bought if it was claimed long ago; the claim is given up', async () => {
    const { resume, started, stored } = resuming();
    await resume(record(claimedBefore(11 * MINUTE)));
    expect(started).toEqual([]);
    expect(stored).toEqual(['PAY ABSENT']);
  });

  it('is uncertain if it was being sent', async () => {
    const { resume, started, stored } = resuming();
    await resume(record(entryAt(2, { state: 'SENDING', response: null, doubt: null })));
    expect(started).toEqual([]);
    expect(stored).toEqual(['PAY UNCERTAIN']);
  });

  it('has its stored response read, before it is lost and after', async () => {
    const { resume, started, read } = resuming();
    await resume(record(entryAt(2, { state: 'SENDING', response: '{}', doubt: null })));
    expect([started, read]).toEqual([[], ['PAY', 'PAY']]);
  });
});

function claimedBefore(ms: number, type: 'PAY' | 'YOE' = 'PAY'): Entry {
  return { ...entryAt(1, { state: 'INTENT', doubt: null }, { type }), at: Date.now() - ms };
}

function record(...entries: Entry[]): ReportRecord {
  const answers = canonicalAnswers({ jobTitle: 'Registered Nurse', country: 'United States' }, 'answers');
  return { id: 'r', request: { answers, autoResolveJobTitle: true }, entries };
}

/** What is done with the entries of a report that is resumed; `read` are the types whose responses were looked at. */
function resuming() {
  const scheduled: { id: string; type: string; delayMs: number }[] = [];
  const started: string[][] = [];
  const stored: string[] = [];
  const read: string[] = [];
  let entries: readonly Entry[] = [];
  const current = (types: readonly ReportType[]): Entry[] => entries.filter(({ type }) => types.includes(type));
  const resume = createResume({
    async commit(_report, types, eventOf) {
      const changed: Entry[] = [];
      for (const entry of current(types)) {
        const event = await eventOf(entry);
        changed.push((event && transition(entry, event, Date.now())?.after) ?? entry);
      }
      stored.push(...changed.map(({ type, state }) => `${type} ${state}`));
      return changed;
    },
    queue: {
      start: () => undefined,
      schedule: ({ id, type }, delayMs) => void scheduled.push({ id, type, delayMs }),
      close: () => Promise.resolve(),
    },
    async readResponses(_report, types) {
      read.push(...types);
      return current(types);
    },
    start: (_report, claimed) => void started.push(claimed.map(({ type }) => type)),
  });
  return {
    scheduled,
    started,
    stored,
    read,
    resume(report: ReportRecord) {
      entries = report.entries;
      return resume(report);
    },
  };
}
