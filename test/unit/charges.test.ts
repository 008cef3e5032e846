import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chargeAt, resetsAt, type Charge } from '../../src/datasources/reports/charges.js';
import { history, type Step } from '../fixtures/ledger-history.js';

const RUNS = { numRuns: 1_000 };

describe('a day of a budget', () => {
  it.each([
    ['2026-01-31T00:00:00.000Z', '2026-01-31', '2026-02-01T00:00:00.000Z'],
    ['2026-01-31T23:59:59.999Z', '2026-01-31', '2026-02-01T00:00:00.000Z'],
    ['2026-12-31T12:00:00.000Z', '2026-12-31', '2027-01-01T00:00:00.000Z'],
    ['2028-02-28T23:00:00.000Z', '2028-02-28', '2028-02-29T00:00:00.000Z'],
  ])('is that of UTC: %s', (now, day, next) => {
    expect(chargeAt('ann', Date.parse(now))).toEqual({ client: 'ann', day });
    expect(resetsAt(Date.parse(now)).toISOString()).toBe(next);
  });
});

describe('in any sequence of events', () => {
  it('what is charged to each client and day is what it bought then, may have bought, or is about to buy', () => {
    fc.assert(
      fc.property(history, (steps) => {
        for (const [index] of steps.entries()) {
          const past = steps.slice(0, index + 1);
          expect(charged(past)).toEqual(standing(past));
        }
      }),
      { ...RUNS, numRuns: 200 },
    );
  });

  it('a refund goes to the client and the day that the purchase was charged to, and comes once', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const open: string[] = [];
        for (const { charge, refund } of steps) {
          if (charge) open.push(keyOf(charge));
          if (!refund) continue;
          expect(open).toContain(keyOf(refund));
          open.splice(open.indexOf(keyOf(refund)), 1);
        }
      }),
      RUNS,
    );
  });

  it('the journal names the client whose purchase it is told about', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const buyers = buyersOf(steps);
        const told = steps.filter(({ journal }) => journal.length > 0);
        expect(told.filter(({ client }) => client === null)).toEqual([]);
        const ofPurchases = told.flatMap(({ event, client }) =>
          'purchaseId' in event ? { id: event.purchaseId, client } : [],
        );
        expect(ofPurchases.map(({ client }) => client)).toEqual(ofPurchases.map(({ id }) => buyers.get(id)?.client));
      }),
      RUNS,
    );
  });
});

it('the generated sequences give back what was given up, rejected, rejected on repeating, unnecessary, not accepted after all, and not in the usage log', () => {
  const refunded = fc
    .sample(history, { numRuns: 2_000, seed: 1 })
    .flatMap((steps) => steps.filter(({ refund }) => refund !== null))
    .map(({ event, before, after }) => `${event.kind} ${before.state} ${after.state}`);
  expect(new Set(refunded)).toEqual(
    new Set([
      'absent UNCERTAIN ABSENT',
      'absent UNCERTAIN FAILED',
      'absent UNCERTAIN UNCERTAIN',
      'found INTENT COLLECTED',
      'found INTENT LINKED',
      'give-up INTENT ABSENT',
      'give-up INTENT FAILED',
      'give-up INTENT UNCERTAIN',
      'link INTENT LINKED',
      'not-accepted UNCERTAIN ABSENT',
      'not-accepted UNCERTAIN FAILED',
      'not-accepted UNCERTAIN UNCERTAIN',
      'reject SENDING FAILED',
      'reject SENDING REJECTED',
      'reject SENDING UNCERTAIN',
    ]),
  );
});

/** What has been charged and not given back, by client and day. */
function charged(steps: readonly Step[]): Record<string, number> {
  return sum(
    steps.flatMap(({ charge, refund }) => [
      ...(charge ? [{ ...charge, reports: 1 }] : []),
      ...(refund ? [{ ...refund, reports: -1 }] : []),
    ]),
  );
}

/** Independent of refunds: every purchase that was sent, unless upstream said no, or does not have it, and the one that is claimed. */
function standing(steps: readonly Step[]): Record<string, number> {
  const buyers = buyersOf(steps);
  for (const { event } of steps) {
    if (event.kind === 'not-accepted' || event.kind === 'reject' || event.kind === 'absent')
      buyers.delete(event.purchaseId);
  }
  const last = steps.at(-1)?.after;
  const claimed = last?.state === 'INTENT' && last.charge ? [last.charge] : [];
  return sum([...buyers.values(), ...claimed].map((charge) => ({ ...charge, reports: 1 })));
}

/** By the id of each purchase that was sent: what the claim before it was charged to. */
function buyersOf(steps: readonly Step[]): Map<string | undefined, Charge> {
  const buyers = new Map<string | undefined, Charge>();
  let claim: Charge | null = null;
  for (const { event } of steps) {
    if (event.kind === 'claim') claim = event.charge;
    if (event.kind === 'send' && claim) buyers.set(event.purchaseId, claim);
  }
  return buyers;
}

function sum(charges: readonly (Charge & { readonly reports: number })[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const charge of charges) sums[keyOf(charge)] = (sums[keyOf(charge)] ?? 0) + charge.reports;
  return Object.fromEntries(Object.entries(sums).filter(([, reports]) => reports !== 0));
}

function keyOf({ client, day }: Charge): string {
  return `${client} ${day}`;
}
