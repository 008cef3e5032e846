import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { responsesOf, uncertainPurchases, unresolvedOf } from '../../src/datasources/reports/doubts.js';
import { hasExpired, type Entry } from '../../src/datasources/reports/ledger.js';
import { next } from '../../src/datasources/reports/next.js';
import type { JournalKind } from '../../src/datasources/reports/transition.js';
import type { LedgerEvent } from '../../src/datasources/reports/ledger-events.js';
import { faultOfJournal, faultOfState } from '../../src/storage/shared/stored-state.js';
import { expected, writable } from '../contract/journal-lines.js';
import { charge, history, type Step } from '../fixtures/ledger-history.js';

/** The latest of these events decides whether a purchase may be sent. */
const LEADING = ['claim', 'send', 'not-accepted'];

/** By these a purchase is no longer in doubt. */
const ENDING = ['link', 'not-accepted', 'found', 'absent'];

const failure = { code: 'UPSTREAM_UNAVAILABLE', message: 'No.' } as const;
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

  it('UNCERTAIN is left only by a resubmission, by a person who closes it, by a link from a stored response, by what the usage log says, or because it was not accepted', () => {
    fc.assert(
      fc.property(history, (steps) => {
        for (const { event, before, after } of steps) {
          if (before.state !== 'UNCERTAIN' || after.state === 'UNCERTAIN') continue;
          const resubmitted = event.kind === 'claim' && event.doubtsUntil !== null;
          if (['close', 'not-accepted', 'found', 'absent'].includes(event.kind)) continue;
          expect(resubmitted || (event.kind === 'link' && responsesOf(before).length > 0)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('a purchase in doubt is remembered, with its response, until its link is found, the usage log tells, it was not accepted, or the report is bought anew', () => {
    fc.assert(
      fc.property(history, (steps) => {
        for (const { before, after, event } of steps) {
          if (hasExpired(before, after.at) && event.kind === 'claim') continue;
          const found = ENDING.includes(event.kind) && 'purchaseId' in event ? event.purchaseId : null;
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

  it('whatever was sent and not refused is collected after all if its link comes late, also once it was closed', () => {
    fc.assert(
      fc.property(history, (steps) => {
        for (const { after, now } of steps.filter(({ event }) => event.kind === 'close')) {
          for (const { purchaseId, response } of uncertainPurchases(unresolvedOf(after))) {
            const late = { kind: 'response', purchaseId, body: '{}' } as const;
            const received = response === null ? next(after, late, now) : after;
            const link = { kind: 'link', purchaseId, link: '/jobalyzer/x', warnings: [] } as const;
            expect(received && next(received, link, now)).toMatchObject({ state: 'LINKED' });
          }
        }
      }),
      RUNS,
    );
  });

  it('what was closed is not bought again before it expires, and then does not make what is given up uncertain', () => {
    fc.assert(
      fc.property(history, charge, (steps, by) => {
        const claim = { kind: 'claim', doubtsUntil: Infinity, charge: by } as const;
        for (const { after, now } of steps.filter(({ event }) => event.kind === 'close')) {
          expect(next(after, claim, now)).toBeNull();
          const claimed = next(after, claim, now + 50);
          const givenUp = claimed && next(claimed, { kind: 'give-up', failure }, now + 50);
          expect(givenUp && next(givenUp, claim, now + 50)).toMatchObject({ state: 'INTENT' });
          expect(givenUp?.state).not.toBe('UNCERTAIN');
        }
      }),
      RUNS,
    );
  });

  it('only what a person closed is closed, and what is uncertain is named by what is not', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const closings = steps.filter(({ event }) => event.kind === 'close');
        const known = new Set(closings.flatMap(({ before }) => idsIn(before)));
        for (const { after } of steps) {
          const closed = uncertainPurchases(unresolvedOf(after)).filter(({ closed }) => closed);
          for (const { purchaseId } of closed) expect(known.has(purchaseId)).toBe(true);
          const name = after.state === 'UNCERTAIN' ? after.since : null;
          expect(closed.map(({ since }) => since)).not.toContain(name);
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

  it('usage counts as uncertain what is in doubt, and what was submitted is that, collected, failed, pending or beside another report', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const lines = steps.flatMap(({ journal }) => journal.map((kind) => ({ at: 0, kind, report: 'r' })));
        const usage = expected(lines, 0, 0);
        const last = steps.at(-1)?.after;
        const underWay = last?.state === 'LINKED' ? 1 : 0;
        expect(usage.uncertain).toBe(last ? uncertainPurchases(unresolvedOf(last)).length : 0);
        // What is found while the report is another purchase's.
        const beside = steps.filter(({ journal }) => journal.join() === 'RESOLVED').length;
        expect(usage.submitted).toBe(usage.collected + usage.failed + usage.uncertain + underWay + beside);
        expect(usage.billable).toBeLessThanOrEqual(usage.collected);
        expect(writable(lines)).toEqual(lines);
      }),
      { numRuns: 200 },
    );
  });

  it('the submitted count is the number sent, except those certainly not accepted before they were taken for lost', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const happened = (kind: LedgerEvent['kind'], late = false) =>
          steps.filter(({ event, before }) => event.kind === kind && (before.state === 'UNCERTAIN') === late).length;
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

function idsIn(entry: Entry): (string | undefined)[] {
  return uncertainPurchases(unresolvedOf(entry)).map(({ purchaseId }) => purchaseId);
}

function countsOf(steps: readonly Step[]): (kind: JournalKind) => number {
  const all = steps.flatMap(({ journal }) => journal);
  return (kind) => all.filter((counted) => counted === kind).length;
}
