import type { ViewerData } from './operations.js';
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
 * changes at the server meanwhile.
 */
export function allowanceFor(
  { toBuy }: Pick<Survey, 'toBuy'>,
  viewer: ViewerData['viewer'],
  { most, yes }: Pick<PriceOptions, 'most' | 'yes'>,
): Allowance {
  const obstacle = obstacleTo(viewer);
  if (obstacle) return { most: 0, beyond: obstacle };
  if (most !== null && (yes || most < toBuy))
    return { most, beyond: { code: 'NOT_BOUGHT', message: `Not bought: --max-reports ${most} was reached.` } };
  const message = 'Not bought, because it is more than was confirmed: price the list again.';
  return { most: yes ? Infinity : toBuy, beyond: { code: 'NOT_BOUGHT', message } };
}

/** Why nothing can be bought; null: it can. */
export function obstacleTo(viewer: ViewerData['viewer']): Fault | null {
  if (!viewer) return null;
  const rest = 'only what is stored is priced.';
  if (!viewer.buying) return { code: 'BUYING_STOPPED', message: `An operator has stopped purchases: ${rest}` };
  return viewer.canBuy ? null : { code: 'FORBIDDEN', message: `This client may not buy: ${rest}` };
}
