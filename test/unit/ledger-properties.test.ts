import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/errors.js';
import {
  absent,
  transition,
  type Entry,
  type JournalKind,
  type LedgerEvent,
  type LedgerTransition,
} from '../../src/datasources/reports/ledger.js';

const failure: Failure = { code: 'UPSTREAM_UNAVAILABLE', message: 'No.' };
const expiresAt = (now: number): number => now + 50;

/** An event at a time; the likelier ones are those that lead somewhere. */
const step = fc.record({
  wait: fc.nat(30),
  event: fc.oneof(
    { weight: 4, arbitrary: fc.boolean().map((resubmitUncertain) => () => claim(resubmitUncertain)) },
    { weight: 4, arbitrary: fc.constant((): LedgerEvent => ({ kind: 'send' })) },
    { weight: 3, arbitrary: fc.constant((): LedgerEvent => ({ kind: 'answer', body: '{}' })) },
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
      arbitrary: fc
        .constantFrom(null, 0, 0.4)
        .map((rating) => (now: number): LedgerEvent => ({ kind: 'collect', rating, expiresAt: expiresAt(now) })),
    },
    {
      weight: 1,
      arbitrary: fc.constant((now: number): LedgerEvent => ({ kind: 'end', failure, expiresAt: expiresAt(now) })),
    },
  ),
});

interface Step extends LedgerTransition {
  readonly event: LedgerEvent;
  readonly now: number;
}

/** Whatever happens, in whatever order, for as long as it likes: the steps that were allowed. */
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

/** Of these the last one decides whether a purchase may be sent. */
const LEADING = ['claim', 'send', 'not-accepted'];

const RUNS = { numRuns: 500 };

describe('in any sequence of events', () => {
  it('a purchase is sent a second time only after a new claim or a certain refusal', () => {
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

  it('nothing is claimed while it may be bought, is under way or is held', () => {
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

  it('UNCERTAIN is left only by a knowing resubmission or by a link out of its stored answer', () => {
    fc.assert(
      fc.property(history, (steps) => {
        for (const { event, before } of steps) {
          if (before.state !== 'UNCERTAIN') continue;
          const resubmitted = event.kind === 'claim' && event.resubmitUncertain;
          expect(resubmitted || (event.kind === 'link' && before.answer !== null)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('a stored answer is never lost but by a new claim, nor replaced by another', () => {
    fc.assert(
      fc.property(history, (steps) => {
        for (const { before, after, event } of steps) {
          if (!('answer' in before) || before.answer === null) continue;
          const kept = 'answer' in after && after.answer === before.answer;
          expect(kept || ['link', 'reject', 'claim'].includes(event.kind)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('versions rise by one with each step and time never runs back', () => {
    fc.assert(
      fc.property(history, (steps) => {
        expect(steps.map(({ after }) => after.version)).toEqual(steps.map((_, index) => index + 1));
        expect(steps.map(({ after }) => after.at)).toEqual(steps.map(({ now }) => now));
      }),
      RUNS,
    );
  });

  it('what was submitted is collected, failed, uncertain or under way, and nothing is counted twice', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const counted = countsOf(steps);
        const last = steps.at(-1)?.after.state;
        const underWay = last === 'LINKED' ? 1 : 0;
        const uncertain = counted('UNCERTAIN') - counted('RECOVERED');
        expect(counted('SUBMITTED')).toBe(counted('COLLECTED') + counted('FAILED') + uncertain + underWay);
        expect(counted('BILLABLE')).toBeLessThanOrEqual(counted('COLLECTED'));
        expect(uncertain).toBeGreaterThanOrEqual(0);
      }),
      RUNS,
    );
  });

  it('as many are counted as submitted as were sent and not certainly refused', () => {
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

it('the sequences tried reach every state', () => {
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
