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

  it('is nothing where an operator or the key does not allow it, also if that changes meanwhile', () => {
    for (const [viewer, code] of [
      [{ ...BUYER, buying: false }, 'BUYING_STOPPED'],
      [{ ...BUYER, canBuy: false }, 'FORBIDDEN'],
    ] as const)
      for (const yes of [true, false])
        expect(allowanceFor({ toBuy: 8 }, viewer, { most: 5, yes })).toMatchObject({ most: 0, beyond: { code } });
  });
});
