import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/errors.js';
import { responsesOf, uncertainPurchases, unresolvedOf } from '../../src/datasources/reports/doubts.js';
import {
  absent,
  hasExpired,
  transition,
  type Entry,
  type JournalKind,
  type Transition,
} from '../../src/datasources/reports/ledger.js';
import type { LedgerEvent } from '../../src/datasources/reports/ledger-events.js';
import { faultOfJournal, faultOfState } from '../../src/storage/sqlite/stored-state.js';

const failure: Failure = { code: 'UPSTREAM_UNAVAILABLE', message: 'No.' };
const expiresAt = (now: number): number => now + 50;

/** What is known when an event happens: the time, the entry, and the purchases sent so far. */
interface Moment {
  readonly now: number;
  readonly entry: Entry;
  readonly sent: readonly string[];
}
type Happening = (moment: Moment) => LedgerEvent;

/** The purchase in flight, or else any that was sent before: its response comes late. */
const ofAny = fc.nat(20).map((index) => ({ entry, sent }: Moment) => {
  const late = sent[index % Math.max(sent.length, 1)];
  return { purchaseId: index > 5 && entry.state === 'SENDING' ? entry.purchaseId : late };
});
const ofThis = ({ entry }: Moment) => ({ purchaseId: entry.state === 'SENDING' ? entry.purchaseId : 'none' });

/** An event at a time, weighted towards those that advance the report. */
const step = fc.record({
  wait: fc.nat(30),
  event: fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .boolean()
        .map((again): Happening => () => ({ kind: 'claim', doubtsUntil: again ? Infinity : null })),
    },
    {
      weight: 4,
      arbitrary: fc.constant<Happening>(({ sent }) => ({ kind: 'send', purchaseId: `p${sent.length}` })),
    },
    {
      weight: 3,
      arbitrary: ofAny.map((of): Happening => (moment) => ({ kind: 'response', ...of(moment), body: '{}' })),
    },
    {
      weight: 3,
      arbitrary: ofAny.map((of): Happening => (moment) => ({
        kind: 'link',
        ...of(moment),
        link: '/jobalyzer/x',
        warnings: [],
      })),
    },
    { weight: 1, arbitrary: fc.constant<Happening>((moment) => ({ kind: 'not-accepted', ...ofThis(moment) })) },
    { weight: 1, arbitrary: fc.constant<Happening>(() => ({ kind: 'give-up', failure })) },
    { weight: 2, arbitrary: fc.constant<Happening>((moment) => ({ kind: 'lose', ...ofThis(moment), failure })) },
    {
      weight: 1,
      arbitrary: fc.constant<Happening>((moment) => ({
        kind: 'reject',
        ...ofThis(moment),
        failure,
        expiresAt: expiresAt(moment.now),
      })),
    },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom(null, 0, 0.4)
        .map((rating): Happening => ({ now }) => ({ kind: 'collect', body: '{}', rating, expiresAt: expiresAt(now) })),
    },
    {
      weight: 1,
      arbitrary: fc.constant<Happening>(({ now }) => ({ kind: 'end', failure, expiresAt: expiresAt(now) })),
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
  const sent: string[] = [];
  const settled = new Set<string | undefined>();
  for (const { wait, event } of steps) {
    now += wait;
    const happening = event({ now, entry, sent });
    // A purchase has one outcome: no response after another one.
    if (happening.kind === 'response' && (!happening.purchaseId || settled.has(happening.purchaseId))) continue;
    const made = transition(entry, happening, now);
    if (!made) continue;
    if (happening.kind === 'send') sent.push(happening.purchaseId ?? '');
    if (SETTLING.includes(happening.kind) && 'purchaseId' in happening) settled.add(happening.purchaseId);
    allowed.push({ ...made, event: happening, now });
    entry = made.after;
  }
  return allowed;
});

/** What tells how a purchase came out. */
const SETTLING = ['not-accepted', 'response', 'reject'];

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
            (before.state === 'UNCERTAIN' && event.doubtsUntil !== null && before.since <= event.doubtsUntil) ||
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
        for (const { event, before, after } of steps) {
          if (before.state !== 'UNCERTAIN' || after.state === 'UNCERTAIN') continue;
          const resubmitted = event.kind === 'claim' && event.doubtsUntil !== null;
          expect(resubmitted || (event.kind === 'link' && responsesOf(before).length > 0)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('a purchase in doubt is remembered, with its response, until its link is found or the report is bought anew', () => {
    fc.assert(
      fc.property(history, (steps) => {
        for (const { before, after, event } of steps) {
          if (hasExpired(before, after.at) && event.kind === 'claim') continue;
          const found = event.kind === 'link' ? event.purchaseId : null;
          const kept = uncertainPurchases(unresolvedOf(after));
          for (const doubt of uncertainPurchases(unresolvedOf(before))) {
            if (doubt.purchaseId === found) continue;
            const same = kept.find(({ purchaseId }) => purchaseId === doubt.purchaseId);
            expect(same).toMatchObject({ since: doubt.since, ...(doubt.response === null ? {} : doubt) });
          }
        }
      }),
      RUNS,
    );
  });

  it('each doubt is claimed once, and a new one is later than the last', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const lost = steps.filter(({ event }) => event.kind === 'lose').map(({ after }) => unresolvedOf(after));
        for (const doubt of lost) {
          const older = uncertainPurchases(doubt).slice(1);
          expect(older.every(({ since }) => since < (doubt?.since ?? 0))).toBe(true);
        }
        const ids = lost.map((doubt) => doubt?.purchaseId);
        expect(new Set(ids).size).toBe(ids.length);
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

function stateAfter({ after }: Step): string {
  return after.state;
}

function countsOf(steps: readonly Step[]): (kind: JournalKind) => number {
  const all = steps.flatMap(({ journal }) => journal);
  return (kind) => all.filter((counted) => counted === kind).length;
}
