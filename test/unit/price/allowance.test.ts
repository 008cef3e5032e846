import { describe, expect, it } from 'vitest';
import { allowanceFor } from '../../../src/commands/price/allowance.js';

const BUYER = { canBuy: true, buying: true, budget: null };

describe('what may be bought', () => {
  it('is what is confirmed, though more is missing by then', () => {
    expect(allowanceFor({ toBuy: 8 }, BUYER, { most: null, yes: false })).toMatchObject({
      most: 8,
      beyond: { code: 'NOT_BOUGHT', message: expect.stringContaining('more than was confirmed') },
    });
    expect(allowanceFor({ toBuy: 0 }, BUYER, { most: 5, yes: false }).most).toBe(0);
  });

  it('is what --max-reports allows', () => {
    const limited = { most: 5, beyond: { message: 'Not bought: --max-reports 5 was reached.' } };
    expect(allowanceFor({ toBuy: 8 }, BUYER, { most: 5, yes: false })).toMatchObject(limited);
    expect(allowanceFor({ toBuy: 2 }, BUYER, { most: 5, yes: true })).toMatchObject(limited);
    expect(allowanceFor({ toBuy: 2 }, BUYER, { most: null, yes: true }).most).toBe(Infinity);
  });

  it('is what the budget of the day has left, unless nobody is asked: the server sees to it', () => {
    const viewer = { ...BUYER, budget: { limit: 5, used: 2, resetsAt: 'midnight' } };
    const budget = { most: 3, beyond: { code: 'BUDGET_EXCEEDED', message: expect.stringContaining('midnight') } };
    expect(allowanceFor({ toBuy: 8 }, viewer, { most: null, yes: false })).toMatchObject(budget);
    expect(allowanceFor({ toBuy: 8 }, viewer, { most: 4, yes: false })).toMatchObject(budget);
    expect(allowanceFor({ toBuy: 8 }, viewer, { most: 2, yes: false }).most).toBe(2);
    expect(allowanceFor({ toBuy: 8 }, viewer, { most: null, yes: true }).most).toBe(Infinity);
    for (const yes of [true, false]) {
      const spent = { ...viewer, budget: { ...viewer.budget, used: 6 } };
      expect(allowanceFor({ toBuy: 8 }, spent, { most: null, yes })).toMatchObject({ ...budget, most: 0 });
      expect(
        allowanceFor({ toBuy: 8 }, { ...viewer, budget: { ...viewer.budget, limit: null } }, { most: null, yes }).most,
      ).toBe(yes ? Infinity : 8);
    }
  });

  it('is nothing where an operator or the key does not allow it, also if that changes meanwhile', () => {
    for (const [viewer, code] of [
      [{ ...BUYER, buying: false }, 'BUYING_STOPPED'],
      [{ ...BUYER, canBuy: false }, 'FORBIDDEN'],
    ] as const)
      for (const yes of [true, false])
        expect(allowanceFor({ toBuy: 8 }, viewer, { most: 5, yes })).toMatchObject({ most: 0, beyond: { code } });
  });
});
