import type { PriceViewerQuery } from '../generated/operations.js';
import type { PriceOptions } from './options.js';
import type { Fault } from './rows.js';
import type { Survey } from './survey.js';

/** How many reports may be bought. */
export interface Allowance {
  /** Infinity: any number. */
  readonly most: number;
  /** What becomes of a report beyond that. */
  readonly beyond: Fault;
}

/**
 * What may be bought after the list has been looked at: without `--yes` no more than what is about to be confirmed, whatever
 * changes at the server meanwhile. With it, the server sees to the budget.
 */
export function allowanceFor(
  { toBuy }: Pick<Survey, 'toBuy'>,
  viewer: PriceViewerQuery['viewer'],
  { most, yes }: Pick<PriceOptions, 'most' | 'yes'>,
): Allowance {
  const obstacle = obstacleTo(viewer);
  if (obstacle) return { most: 0, beyond: obstacle };
  const wanted: Allowance = {
    most: yes ? Infinity : toBuy,
    beyond: {
      code: 'NOT_BOUGHT',
      message: 'Not bought, because it is more than was confirmed: price the list again.',
    },
  };
  const asked: Allowance = {
    most: most ?? Infinity,
    beyond: { code: 'NOT_BOUGHT', message: `Not bought: --max-reports ${most} was reached.` },
  };
  const affordable: Allowance = {
    most: yes ? Infinity : (leftOf(viewer) ?? Infinity),
    beyond: {
      code: 'BUDGET_EXCEEDED',
      message: `Not bought: the budget of today is used up, and is renewed at ${viewer?.budget?.resetsAt}.`,
    },
  };
  return [asked, affordable].reduce((least, other) => (other.most < least.most ? other : least), wanted);
}

/** How many reports the budget of the day has left. Null: there is none. */
export function leftOf(viewer: PriceViewerQuery['viewer']): number | null {
  const budget = viewer?.budget;
  return budget && budget.limit !== null ? Math.max(0, budget.limit - budget.used) : null;
}

/** Why nothing can be bought; null: it can. */
export function obstacleTo(viewer: PriceViewerQuery['viewer']): Fault | null {
  if (!viewer) return null;
  const rest = 'only what is stored is priced.';
  if (!viewer.buying) return { code: 'BUYING_STOPPED', message: `An operator has stopped purchases: ${rest}` };
  if (!viewer.canBuy) return { code: 'FORBIDDEN', message: `This client may not buy: ${rest}` };
  if (leftOf(viewer) !== 0) return null;
  const renewed = `and is renewed at ${viewer.budget?.resetsAt}`;
  return { code: 'BUDGET_EXCEEDED', message: `The budget of today is used up, ${renewed}: ${rest}` };
}
