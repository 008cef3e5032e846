import { describe, expect, it } from 'vitest';
import { presentReport, sameReport } from '../../src/datasources/reports/former-ids.js';
import type { State } from '../../src/datasources/reports/ledger.js';
import { canonicalAnswers } from '../../src/model/answers.js';
import { reportId } from '../../src/model/report-id.js';
import type { ReportType } from '../../src/model/report.js';
import { entryAt } from '../fixtures/fake-ledger.js';

const NOW = 1_000;
const answers = canonicalAnswers({ jobTitle: 'Registered Nurse', country: 'United States' }, 'answers');
const PRESENT = presentReport({ id: 'any', request: { answers, autoResolveJobTitle: true } });
const failure = { code: 'UPSTREAM_TIMEOUT', message: 'It took too long.' } as const;

const READY: State = { state: 'COLLECTED', rating: 1, warnings: [], attempt: 1, expiresAt: NOW + 1 };
const LINKED: State = {
  state: 'LINKED',
  link: '/l',
  warnings: [],
  attempt: 0,
  faults: 0,
  nextPollAt: null,
  retryAfterMs: null,
};
const UNCERTAIN: State = { state: 'UNCERTAIN', failure, response: null, since: 1 };
const SENDING = { state: 'SENDING', response: null, doubt: null } as const as State;
const FAILED: State = { state: 'FAILED', failure, attempt: 1, expiresAt: NOW + 1 };
const EXPIRED: State = { ...READY, expiresAt: NOW };
const ABSENT: State = { state: 'ABSENT', failure: null };
const BY_RANK = [READY, LINKED, UNCERTAIN, SENDING];

describe('of two stored reports that are one', () => {
  it('READY counts before LINKED, UNCERTAIN, SENDING and everything else, whichever is newer', () => {
    BY_RANK.forEach((first, rank) => {
      for (const second of [...BY_RANK.slice(rank + 1), FAILED, EXPIRED, ABSENT]) {
        expect(counting([first, 1], [second, 2]), `${first.state} and ${second.state}`).toBe('0');
        expect(counting([second, 2], [first, 1]), `${second.state} and ${first.state}`).toBe('1');
      }
    });
  });

  it('the newer counts where that does not tell', () => {
    for (const state of [...BY_RANK, FAILED, ABSENT]) {
      expect(counting([state, 1], [state, 2]), state.state).toBe('1');
      expect(counting([state, 2], [state, 1]), state.state).toBe('0');
    }
    expect(counting([EXPIRED, 1], [FAILED, 2])).toBe('1');
  });

  it('each type counts where it is', () => {
    const records = [record('0', 'PAY', READY, 1), record('1', 'YOE', LINKED, 2)];
    expect(sameReport(PRESENT, records, NOW).stored).toEqual({ PAY: '0', YOE: '1' });
    expect(sameReport(PRESENT, records.slice(0, 1), NOW).stored).toEqual({ PAY: '0', YOE: '0' });
  });
});

describe('a stored report', () => {
  const stored = (city: string) => ({
    id: 'former',
    request: { answers: { ...answers, city }, autoResolveJobTitle: true },
  });

  it('has the id of its answers in their present form', () => {
    const present = presentReport(stored('San\u00a0José'));
    expect(present.request.answers.city).toBe('San José');
    expect(present.id).toBe(reportId(present.request));
  });

  it('that would be refused today stays what it is', () => {
    expect(presentReport(stored('Z\ufffdrich'))).toEqual(stored('Z\ufffdrich'));
  });
});

/** The number of the one that counts. */
function counting(...states: readonly (readonly [State, number])[]): string {
  const records = states.map(([state, at], index) => record(String(index), 'PAY', state, at));
  return sameReport(PRESENT, records, NOW).stored.PAY;
}

function record(id: string, type: ReportType, state: State, at: number) {
  return { id, request: PRESENT.request, entries: [{ ...entryAt(1, state, { reportId: id, type }), at }] };
}
