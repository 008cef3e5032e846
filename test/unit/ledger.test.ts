import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/errors.js';
import {
  absent,
  entryOf,
  hasExpired,
  isNewer,
  pruned,
  type Entry,
  type State,
} from '../../src/datasources/reports/ledger.js';
import { next } from '../../src/datasources/reports/next.js';
import { journal, transition } from '../../src/datasources/reports/transition.js';
import type { LedgerEvent } from '../../src/datasources/reports/ledger-events.js';
import type { UnresolvedPurchase } from '../../src/datasources/reports/doubts.js';
import { statusOf } from '../../src/datasources/reports/status.js';

const NOW = 1_000;
const FAILURE: Failure = { code: 'UPSTREAM_TIMEOUT', message: 'Nobody answered.' };
const OTHER_FAILURE: Failure = { code: 'REPORT_FAILED', message: 'No.' };
const WARNINGS = [{ answerId: 'City', answerValue: 'Sprngfield', message: 'ignored', code: null }];
const LATER = NOW + 1;
const CHARGE = { client: 'anonymous', day: '1970-01-01', limit: null };

const DOUBT: UnresolvedPurchase = { failure: FAILURE, response: '{}', since: 7 };
const CLOSED: UnresolvedPurchase = { ...DOUBT, closed: true };
const linked = { state: 'LINKED', link: '/jobalyzer/v1/x', warnings: WARNINGS } as const;
const FOLLOWED = { link: '/jobalyzer/v1/x', warnings: WARNINGS };
const polls = { attempt: 3, faults: 1, nextPollAt: NOW, retryAfterMs: 100 };

/** Every state in its variants: "+" has a stored response, "†" has expired, "?" is an uncertain one resubmitted. */
const STATES = {
  ABSENT: entry({ state: 'ABSENT', failure: null }),
  ALIAS: entry({ state: 'ALIAS', standsFor: 'other' }),
  INTENT: entry({ state: 'INTENT', doubt: null }),
  'INTENT?': entry({ state: 'INTENT', doubt: DOUBT }),
  SENDING: entry({ state: 'SENDING', response: null, doubt: null }),
  'SENDING?': entry({ state: 'SENDING', response: null, doubt: DOUBT }),
  'SENDING+': entry({ state: 'SENDING', response: '{}', doubt: null }),
  LINKED: entry({ ...linked, ...polls }),
  COLLECTED: entry({ state: 'COLLECTED', rating: 0.5, warnings: [], attempt: 4, expiresAt: LATER }),
  'COLLECTED†': entry({ state: 'COLLECTED', rating: 0.5, warnings: [], attempt: 4, expiresAt: NOW }),
  REJECTED: entry({ state: 'REJECTED', failure: FAILURE, expiresAt: LATER }),
  'REJECTED†': entry({ state: 'REJECTED', failure: FAILURE, expiresAt: NOW }),
  UNCERTAIN: entry({ state: 'UNCERTAIN', failure: FAILURE, response: null, since: 7 }),
  'UNCERTAIN+': entry({ state: 'UNCERTAIN', ...DOUBT }),
  FAILED: entry({ state: 'FAILED', failure: FAILURE, attempt: 4, expiresAt: LATER }),
  'FAILED+': entry({ state: 'FAILED', failure: FAILURE, attempt: 4, expiresAt: LATER, followed: FOLLOWED }),
  'FAILED†': entry({ state: 'FAILED', failure: FAILURE, attempt: 4, expiresAt: NOW, followed: FOLLOWED }),
  'CLOSED+': entry({ state: 'FAILED', failure: FAILURE, attempt: 0, expiresAt: LATER, doubt: CLOSED }),
  'CLOSED†': entry({ state: 'FAILED', failure: FAILURE, attempt: 0, expiresAt: NOW, doubt: CLOSED }),
} satisfies Record<State['state'], Entry> & Record<string, Entry>;

const EVENTS: Record<LedgerEvent['kind'] | 'resubmit', LedgerEvent> = {
  claim: { kind: 'claim', doubtsUntil: null, charge: CHARGE },
  resubmit: { kind: 'claim', doubtsUntil: Infinity, charge: CHARGE },
  send: { kind: 'send' },
  'not-accepted': { kind: 'not-accepted' },
  'give-up': { kind: 'give-up', failure: OTHER_FAILURE },
  response: { kind: 'response', body: '{"Links":{}}' },
  link: { kind: 'link', link: '/jobalyzer/v1/new', warnings: WARNINGS },
  reject: { kind: 'reject', failure: OTHER_FAILURE, expiresAt: 9_000 },
  lose: { kind: 'lose', failure: OTHER_FAILURE },
  collect: { kind: 'collect', body: '{}', rating: 0.7, expiresAt: 9_000 },
  end: { kind: 'end', failure: OTHER_FAILURE, expiresAt: 9_000 },
  'set-aside': { kind: 'set-aside', body: '{}', digest: 'd', polled: { ...linked, ...polls } },
  reopen: { kind: 'reopen' },
  close: { kind: 'close', doubtsUntil: 7, note: 'Not on the invoice.', client: 'ann', expiresAt: 9_000 },
  'stand-for': { kind: 'stand-for', standsFor: 'other' },
  'stand-alone': { kind: 'stand-alone' },
  found: { kind: 'found', purchaseId: 'p', found: { kind: 'link', link: '/jobalyzer/v1/new' } },
  absent: { kind: 'absent', purchaseId: 'p', failure: OTHER_FAILURE },
};

/** The outcome of each event in each state; "–": not allowed. */
const TABLE = `
            claim   resubmit  send      not-accepted  give-up     response    link    reject      lose        collect    end     set-aside  reopen close stand-for stand-alone found   absent
ABSENT      INTENT  INTENT    –         –             –           UNCERTAIN+  –       –           –           –          –       –          – – ALIAS     –                    LINKED  –
ALIAS       –       –         –         –             –           UNCERTAIN+  –       –           –           –          –       –          – – –         ABSENT               LINKED  –
INTENT      –       –         SENDING   –             ABSENT      INTENT?     –       –           –           –          –       –          – – –         –                    LINKED  –
INTENT?     –       –         SENDING?  –             UNCERTAIN+  –           LINKED  –           –           –          –       –          – – –         –                    LINKED? –
SENDING     –       –         –         INTENT        –           SENDING+    –       REJECTED    UNCERTAIN   –          –       –          – – –         –                    –       –
SENDING?    –       –         –         INTENT?       –           SENDING+    –       UNCERTAIN+  UNCERTAIN   –          –       –          – – –         –                    –       –
SENDING+    –       –         –         –             –           –           LINKED  REJECTED    UNCERTAIN+  –          –       –          – – –         –                    –       –
LINKED      –       –         –         –             –           LINKED?     –       –           –           COLLECTED  FAILED  LINKED     – – –         –                    –       –
COLLECTED   –       –         –         –             –           COLLECTED?  –       –           –           –          –       –          – – –         –                    –       –
COLLECTED†  INTENT  INTENT    –         –             –           COLLECTED?  –       –           –           –          –       –          – – ALIAS     –                    –       –
REJECTED    –       –         –         –             –           UNCERTAIN+  –       –           –           –          –       –          – – –         –                    LINKED  –
REJECTED†   INTENT  INTENT    –         –             –           UNCERTAIN+  –       –           –           –          –       –          – – ALIAS     –                    LINKED  –
UNCERTAIN   –       INTENT?   –         –             –           UNCERTAIN+  –       –           –           –          –       –          – FAILED? –         –              LINKED? –
UNCERTAIN+  –       INTENT?   –         –             –           –           LINKED  –           –           –          –       –          – FAILED? –         –              LINKED? –
FAILED      –       –         –         –             –           FAILED?     –       –           –           –          –       –          – – –         –                    LINKED  –
FAILED+     –       –         –         –             –           FAILED?     –       –           –           –          –       –          LINKED – –         –               LINKED  –
FAILED†     INTENT  INTENT    –         –             –           FAILED?     –       –           –           –          –       –          LINKED – ALIAS     –               LINKED  –
CLOSED+     –       –         –         –             –           –           LINKED  –           –           –          –       –          –       – –         –              LINKED? –
CLOSED†     INTENT? INTENT?   –         –             –           –           LINKED  –           –           –          –       –          –       – –         –              LINKED? –
`;

const rows = TABLE.trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/));
const [kinds = [], ...lines] = rows;
const cells = lines.flatMap(([state, ...outcomes]) =>
  outcomes.map((outcome, column) => ({
    state: state as keyof typeof STATES,
    kind: kinds[column] as keyof typeof EVENTS,
    outcome,
  })),
);

describe('the ledger of one report', () => {
  it('has a table row for every state and a column for every event', () => {
    expect(kinds).toEqual(Object.keys(EVENTS));
    expect(lines.map(([state]) => state)).toEqual(Object.keys(STATES));
  });

  it.each(cells.filter(({ outcome }) => outcome === '–'))('does not allow "$kind" in $state', ({ state, kind }) => {
    expect(next(STATES[state], EVENTS[kind], NOW)).toBeNull();
    expect(transition(STATES[state], EVENTS[kind], NOW)).toBeNull();
  });

  it.each(cells.filter(({ outcome }) => outcome !== '–'))('goes from $state to $outcome on "$kind"', (cell) => {
    const before = STATES[cell.state];
    const after = next(before, EVENTS[cell.kind], NOW);
    expect(after && nameOf(after)).toBe(cell.outcome);
    expect(after).toMatchObject({ reportId: 'r', type: 'PAY', version: before.version + 1, at: NOW });
  });

  it('does not mutate the previous entry', () => {
    const before = Object.freeze(entry({ state: 'INTENT', doubt: null }));
    next(before, EVENTS.send, NOW);
    expect(before).toEqual(entry({ state: 'INTENT', doubt: null }));
  });

  it.each([
    ['give-up', 'INTENT', { failure: OTHER_FAILURE }],
    ['response', 'SENDING', { response: '{"Links":{}}' }],
    ['reject', 'SENDING', { failure: OTHER_FAILURE, expiresAt: 9_000 }],
    ['lose', 'SENDING+', { failure: OTHER_FAILURE, response: '{}' }],
    ['link', 'SENDING+', { ...linked, link: '/jobalyzer/v1/new', attempt: 0, faults: 0, nextPollAt: null }],
    ['collect', 'LINKED', { rating: 0.7, warnings: WARNINGS, attempt: polls.attempt + 1, expiresAt: 9_000 }],
    ['end', 'LINKED', { failure: OTHER_FAILURE, attempt: polls.attempt + 1, expiresAt: 9_000 }],
  ] as const)('keeps the data of "%s" in %s', (kind, state, kept) => {
    expect(next(STATES[state], EVENTS[kind], NOW)).toMatchObject(kept);
  });

  it('keeps the link of a report that failed, and the time at which it may be bought anew, however often it fails', () => {
    const failed = next(entry({ ...linked, ...polls, cookies: 'a=1', since: 3 }), EVENTS.end, NOW) as Entry;
    expect(failed).toMatchObject({ expiresAt: 9_000, timesReopened: 0, followed: { ...FOLLOWED, cookies: 'a=1' } });
    const again = next(failed, EVENTS.reopen, 2_000) as Entry;
    expect(again).toMatchObject({ ...FOLLOWED, cookies: 'a=1', since: 2_000, attempt: 4, failure: OTHER_FAILURE });
    const end = { kind: 'end', failure: FAILURE, expiresAt: 20_000 } as const;
    expect(next(again, end, 3_000)).toMatchObject({ state: 'FAILED', expiresAt: 9_000, timesReopened: 1 });
  });

  it('adds the warnings of collecting to those of the purchase', () => {
    const warning = { answerId: null, answerValue: null, message: 'Odd.', code: null };
    const collected = next(STATES.LINKED, { ...EVENTS.collect, warnings: [warning] } as LedgerEvent, NOW);
    expect(collected).toMatchObject({ warnings: [...WARNINGS, warning], link: '/jobalyzer/v1/x' });
  });

  it('stores the body of a response that is set aside, with the polling so far', () => {
    const step = transition(STATES.LINKED, EVENTS['set-aside'], NOW);
    expect(step).toMatchObject({ body: '{}', after: { ...polls, unusable: { digest: 'd', at: NOW } } });
  });

  it('drops the previous failure when an expired entry is claimed', () => {
    expect(next(STATES['FAILED†'], EVENTS.claim, NOW)).toEqual(
      entry(
        { state: 'INTENT', charge: { client: 'anonymous', day: '1970-01-01' }, doubt: null },
        { version: STATES['FAILED†'].version + 1, at: NOW },
      ),
    );
  });

  it('returns to the same uncertainty when a resubmission is given up or rejected', () => {
    const again = next(STATES['UNCERTAIN+'], EVENTS.resubmit, NOW) as Entry;
    expect(again).toMatchObject({ state: 'INTENT', doubt: DOUBT });
    const back = transition(again, EVENTS['give-up'], NOW + 1);
    expect(back).toMatchObject({ after: { state: 'UNCERTAIN', ...DOUBT, at: NOW + 1 }, journal: [] });
    const refused = transition(STATES['SENDING?'], EVENTS.reject, NOW + 1);
    expect(refused).toMatchObject({ after: { state: 'UNCERTAIN', ...DOUBT }, journal: ['SUBMITTED', 'FAILED'] });
  });
});

describe('a purchase that another process took for lost', () => {
  const charge = { client: 'ann', day: '2026-01-31' };
  const lost = entry({ state: 'UNCERTAIN', failure: FAILURE, response: null, since: 5, purchaseId: 'p', charge });
  const notAccepted: LedgerEvent = { kind: 'not-accepted', purchaseId: 'p' };

  it('is given up and refunded once its own process knows that it was not accepted', () => {
    expect(transition(lost, notAccepted, NOW)).toMatchObject({
      after: { state: 'ABSENT', failure: { code: 'UPSTREAM_UNAVAILABLE' } },
      refund: charge,
      client: 'ann',
      journal: ['RESOLVED', 'RECOVERED', 'FAILED'],
    });
  });

  it('leaves the purchase that it was to repeat uncertain', () => {
    const earlier = { failure: FAILURE, response: null, since: 3, purchaseId: 'o' };
    const after = next({ ...lost, earlier: [earlier] } as Entry, notAccepted, NOW);
    expect(after).toMatchObject({ state: 'UNCERTAIN', purchaseId: 'o', since: 3 });
    expect(after).not.toHaveProperty('earlier');
  });

  it.each<[string, Entry]>([
    ['it was another one', { ...lost, purchaseId: 'q' } as Entry],
    ['its response has come', { ...lost, response: '{}' } as Entry],
    [
      'it is bought again',
      entry({ state: 'INTENT', doubt: { failure: FAILURE, response: null, since: 5, purchaseId: 'p' } }),
    ],
  ])('stays so if %s', (_, before) => expect(next(before, notAccepted, NOW)).toBeNull());
});

describe('expiry', () => {
  it.each([
    ['before', LATER - 1, false],
    ['at', LATER, true],
    ['after', LATER + 1, true],
  ])('%s its time: %i → %s', (_, now, expired) => {
    for (const state of ['COLLECTED', 'REJECTED', 'FAILED'] as const)
      expect(hasExpired(STATES[state], now)).toBe(expired);
  });

  it.each(['ABSENT', 'ALIAS', 'INTENT', 'SENDING', 'SENDING+', 'LINKED', 'UNCERTAIN', 'UNCERTAIN+'] as const)(
    'never applies to %s',
    (state) => expect(hasExpired(STATES[state], Number.MAX_SAFE_INTEGER)).toBe(false),
  );
});

it('becomes absent with a new version when it is pruned, so that no transition from the expired one applies', () => {
  const { version } = STATES['FAILED†'];
  expect(pruned(STATES['FAILED†'], NOW)).toEqual(
    entry({ state: 'ABSENT', failure: null }, { version: version + 1, at: NOW }),
  );
});

describe('the client status', () => {
  it.each([
    ['ABSENT', 'NOT_REQUESTED'],
    ['ALIAS', 'NOT_REQUESTED'],
    ['INTENT', 'SUBMITTING'],
    ['SENDING', 'SUBMITTING'],
    ['SENDING+', 'SUBMITTING'],
    ['LINKED', 'PENDING'],
    ['COLLECTED', 'READY'],
    ['COLLECTED†', 'NOT_REQUESTED'],
    ['REJECTED', 'FAILED'],
    ['REJECTED†', 'NOT_REQUESTED'],
    ['UNCERTAIN', 'FAILED'],
    ['UNCERTAIN+', 'FAILED'],
    ['FAILED', 'FAILED'],
    ['FAILED†', 'NOT_REQUESTED'],
  ] as const)('of %s is %s', (state, status) => {
    expect(statusOf(STATES[state], NOW)).toBe(status);
  });
});

describe('the journal', () => {
  it.each([
    ['ABSENT', 'claim', []],
    ['INTENT', 'send', []],
    ['INTENT', 'give-up', []],
    ['SENDING', 'not-accepted', []],
    ['SENDING', 'response', []],
    ['SENDING+', 'link', ['SUBMITTED']],
    ['SENDING', 'reject', ['SUBMITTED', 'FAILED']],
    ['SENDING', 'lose', ['SUBMITTED', 'UNCERTAIN']],
    ['UNCERTAIN+', 'link', ['RESOLVED', 'RECOVERED']],
    ['UNCERTAIN', 'resubmit', []],
    ['LINKED', 'collect', ['COLLECTED', 'BILLABLE']],
    ['LINKED', 'end', ['FAILED']],
    ['LINKED', 'set-aside', []],
    ['FAILED+', 'reopen', ['RECOVERED']],
    ['ABSENT', 'stand-for', []],
    ['ALIAS', 'stand-alone', []],
  ] as const)('of %s on "%s" counts %j', (state, kind, counted) => {
    expect(transition(STATES[state], EVENTS[kind], NOW)?.journal).toEqual(counted);
  });

  it.each([
    [null, ['COLLECTED']],
    [0, ['COLLECTED']],
    [0.01, ['COLLECTED', 'BILLABLE']],
    [1, ['COLLECTED', 'BILLABLE']],
  ])('counts a report with rating %s as %j', (rating, counted) => {
    const event: LedgerEvent = { kind: 'collect', body: '{}', rating, expiresAt: LATER };
    const after = next(STATES.LINKED, event, NOW);
    expect(after && journal(STATES.LINKED, event, after)).toEqual(counted);
  });
});

describe('isNewer', () => {
  const seen = STATES.LINKED;
  it.each([
    ['the same version', seen, false],
    ['an earlier version', { ...seen, version: seen.version - 1, attempt: 9 }, false],
    ['a later version', { ...seen, version: seen.version + 1, attempt: 0 }, true],
    ['the same version after another poll', { ...seen, attempt: polls.attempt + 1 }, true],
    ['the same version before this poll', { ...seen, attempt: polls.attempt - 1 }, false],
  ])('compares versions and polls: %s', (_, other, news) => expect(isNewer(seen, other)).toBe(news));

  it('is false for another state of the same version', () => {
    expect(isNewer(STATES.INTENT, STATES.SENDING)).toBe(false);
  });
});

it('treats a type that was never requested as absent at version 0', () => {
  expect(entryOf([STATES.LINKED], 'r', 'PAY')).toBe(STATES.LINKED);
  expect(entryOf([STATES.LINKED], 'r', 'YOE')).toEqual(absent('r', 'YOE'));
  expect(absent('r', 'YOE')).toMatchObject({ version: 0, state: 'ABSENT', failure: null });
});

function entry(state: State, { version = 5, at = 500 } = {}): Entry {
  return { reportId: 'r', type: 'PAY', version, at, ...state };
}

function nameOf(after: Entry): string {
  const doubtful =
    'doubt' in after && after.doubt !== null && !('response' in after && after.response !== null) ? '?' : '';
  return 'response' in after && after.response !== null ? `${after.state}+` : `${after.state}${doubtful}`;
}
