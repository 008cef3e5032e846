import type { LedgerFormat } from '../../datasources/reports/ports.js';

/**
 * The forms of a ledger that this release reads, from the first to the newest. Each has what those before have, and something
 * that releases which do not know it would overlook or misread. Its number is its place, from 1, so that none is ever moved or
 * removed. A name is added together with what reads it.
 */
export const FORMATS: readonly LedgerFormat[] = ['first', 'stands-for'];

/** Whether a ledger that is written in the forms up to `number` may be written in this one. */
export function includes(number: number, format: LedgerFormat): boolean {
  const own = FORMATS.indexOf(format) + 1;
  return own > 0 && own <= number;
}
