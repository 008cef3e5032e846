import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/errors.js';
import {
  absent,
  transition,
  type Entry,
  type JournalKind,
  type LedgerEvent,
  type Transition,
} from '../../src/datasources/reports/ledger.js';
import { faultOfJournal, faultOfState } from '../../src/storage/sqlite/stored-state.js';

const failure: Failure = { code: 'UPSTREAM_UNAVAILABLE', message: 'No.' };
const expiresAt = (now: number): number => now + 50;

/** An event at a time, weighted towards those that advance the report. */
const step = fc.record({
  wait: fc.nat(30),
  event: fc.oneof(
    { weight: 4, arbitrary: fc.boolean().map((resubmitUncertain) => () => claim(resubmitUncertain)) },
    { weight: 4, arbitrary: fc.constant((): LedgerEvent => ({ kind: 'send' })) },
    { weight: 3, arbitrary: fc.constant((): LedgerEvent => ({ kind: 'response', body: '{}' })) },
    { weight: 3, arbitrary: fc.constant((): LedgerEvent => ({ kind: 'link', link: '/jobalyzer/x', warnings: [] })) },
    { weight: 1, arbitrary: fc.constant((): LedgerEvent => ({ kind: 'not-accepted' })) },
    { weight: 1, arbitrary: fc.constant((): LedgerEvent => ({ kind: 'give-up', failure })) },
    { weight: 1, arbitrary: fc.constant((): LedgerEvent => ({ kind: 'lose', failure })) },
    {
      weight: 1,
      arbitrary: fc.constant((now: number): LedgerEvent => ({ kind: 'reject', failure, expiresAt: expiresAt(now) })),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(null, 0, 0.4).map((rating) => (now: number): LedgerEvent => ({
        kind: 'collect',
        body: '{}',
        rating,
        expiresAt: expiresAt(now),
      })),
    },
    {
      weight: 1,
      arbitrary: fc.constant((now: number): LedgerEvent => ({ kind: 'end', failure, expiresAt: expiresAt(now) })),
    },
    { weight: 2, arbitrary: fc.constant((): LedgerEvent => ({ kind: 'reopen' })) },
  ),
});

interface Step extends Transition {
  readonly event: LedgerEvent;
  readonly now: number;
}

/** The allowed transitions of a random sequence of events. */
const history = fc.array(step, { minLength: 1, maxLength: 150, size: 'max' }).map((steps) => {
  const allowed: Step[] = [];
  let now = 0;
  let entry: Entry = absent('r', 'PAY');
  for (const { wait, event } of steps) {
    now += wait;
    const happening = event(now);
    const made = transition(entry, happening, now);
    if (!made) continue;
    allowed.push({ ...made, event: happening, now });
    entry = made.after;
  }
  return allowed;
});

/** The latest of these events decides whether a purchase may be sent. */
const LEADING = ['claim', 'send', 'not-accepted'];

const RUNS = { numRuns: 500 };

describe('in any sequence of events', () => {
  it('a purchase is sent again only after a new claim or a certain non-acceptance', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const before = (index: number) => steps.slice(0, index).findLast(({ event }) => LEADING.includes(event.kind));
        for (const [index, { event }] of steps.entries()) {
          const leading = event.kind === 'send' ? before(index)?.event.kind : 'claim';
          expect(['claim', 'not-accepted']).toContain(leading);
        }
      }),
      RUNS,
    );
  });

  it('a report is claimed only if it is absent, expired, or uncertain with a resubmission', () => {
    fc.assert(
      fc.property(history, (steps) => {
        for (const { event, before, now } of steps) {
          if (event.kind !== 'claim') continue;
          const free =
            before.state === 'ABSENT' ||
            (before.state === 'UNCERTAIN' && event.resubmitUncertain) ||
            ('expiresAt' in before && before.expiresAt <= now);
          expect(free).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('UNCERTAIN is left only by a resubmission or by a link from the stored response', () => {
    fc.assert(
      fc.property(history, (steps) => {
        for (const { event, before } of steps) {
          if (before.state !== 'UNCERTAIN') continue;
          const resubmitted = event.kind === 'claim' && event.resubmitUncertain;
          expect(resubmitted || (event.kind === 'link' && before.response !== null)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('a stored response is kept until a link, a rejection or a new claim', () => {
    fc.assert(
      fc.property(history, (steps) => {
        for (const { before, after, event } of steps) {
          if (!('response' in before) || before.response === null) continue;
          const kept = 'response' in after && after.response === before.response;
          expect(kept || ['link', 'reject', 'claim'].includes(event.kind)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('versions increase by one and each entry has the time of its event', () => {
    fc.assert(
      fc.property(history, (steps) => {
        expect(steps.map(({ after }) => after.version)).toEqual(steps.map((_, index) => index + 1));
        expect(steps.map(({ after }) => after.at)).toEqual(steps.map(({ now }) => now));
      }),
      RUNS,
    );
  });

  it('the submitted count is the sum of collected, failed, uncertain and pending', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const counted = countsOf(steps);
        const last = steps.at(-1)?.after.state;
        const underWay = last === 'LINKED' ? 1 : 0;
        const lost = counted('UNCERTAIN') + counted('FAILED') - counted('RECOVERED');
        expect(counted('SUBMITTED')).toBe(counted('COLLECTED') + lost + underWay);
        expect(counted('BILLABLE')).toBeLessThanOrEqual(counted('COLLECTED'));
        expect(lost).toBeGreaterThanOrEqual(0);
      }),
      RUNS,
    );
  });

  it('the submitted count is the number sent, except those certainly not accepted', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const happened = (kind: LedgerEvent['kind']) => steps.filter(({ event }) => event.kind === kind).length;
        const onTheWire = steps.at(-1)?.after.state === 'SENDING' ? 1 : 0;
        expect(countsOf(steps)('SUBMITTED')).toBe(happened('send') - happened('not-accepted') - onTheWire);
      }),
      RUNS,
    );
  });
});

it('in any sequence of events, the journal accounts for every purchase, as a verification of the ledger expects', () => {
  fc.assert(
    fc.property(history, (steps) => {
      const journal: Partial<Record<JournalKind, number>> = {};
      for (const { after, journal: kinds } of steps) {
        for (const kind of kinds) journal[kind] = (journal[kind] ?? 0) + 1;
        expect(faultOfJournal(after, journal)).toBeNull();
        expect(faultOfState(after)).toBeNull();
      }
    }),
    RUNS,
  );
});

it('the generated sequences reach every state', () => {
  const reached = new Set(fc.sample(history, { numRuns: 300, seed: 1 }).flatMap((steps) => steps.map(stateAfter)));
  expect([...reached].toSorted()).toEqual(
    ['ABSENT', 'COLLECTED', 'FAILED', 'INTENT', 'LINKED', 'REJECTED', 'SENDING', 'UNCERTAIN'].toSorted(),
  );
});

function claim(resubmitUncertain: boolean): LedgerEvent {
  return { kind: 'claim', resubmitUncertain };
}

function stateAfter({ after }: Step): string {
  return after.state;
}

function countsOf(steps: readonly Step[]): (kind: JournalKind) => number {
  const all = steps.flatMap(({ journal }) => journal);
  return (kind) => all.filter((counted) => counted === kind).length;
}
