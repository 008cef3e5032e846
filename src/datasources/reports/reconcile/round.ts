import type { UsageLog } from '../../jobalyzer/usage-log/usage-log.js';
import type { Ledger } from '../ports.js';
import type { Look, PurchaseRecord } from '../sent-purchases.js';
import { byPurchase, isWithin, purchaseKey, purchasesAround } from './around.js';
import { inParts, learnIds, learnTemplate } from './learn.js';
import { readRows } from './log-rows.js';
import type { Customer } from './own-rows.js';
import { readingOf } from './reading.js';
import { nextLookAt } from './schedule.js';
import type { Settle } from './settle.js';

/** One read of upstream's usage log, and what follows from it for every purchase that is looked for. Throws what reading throws. */
export type Round = (sought: readonly PurchaseRecord[], signal: AbortSignal) => Promise<void>;

interface Dependencies {
  readonly ledger: Pick<Ledger, 'read' | 'purchases'>;
  readonly usageLog: UsageLog;
  readonly customer: Customer;
  readonly settle: Settle;
  /** After so long a purchase may count as absent, in milliseconds. Null: it never does. */
  readonly absentAfterMs: number | null;
}

/** Of these it is certain that whatever they compete with is known. */
const NEAR_MS = 30 * 60_000;

export function createRound({ ledger, usageLog, customer, settle, absentAfterMs }: Dependencies): Round {
  const { purchases: records } = ledger;
  const { customerId } = customer;

  return async (sought, signal) => {
    const before = await purchasesAround(sought, { records, customerId }, signal);
    const read = await readRows(usageLog, before, customer, signal);
    const around = await purchasesAround(sought, { records, customerId }, signal);
    const reading = readingOf({ ...read, before, around }, absentAfterMs);
    const near = [...reading.assigned].filter(([{ sentAt }]) => isWithin(before.times, sentAt, NEAR_MS));
    const certain = await learnIds(records, new Map(near));
    const rowOf = byPurchase(certain);
    const templates = {
      PAY: await learnTemplate(ledger, 'PAY', certain),
      YOE: await learnTemplate(ledger, 'YOE', certain),
    };

    const looks: Look[] = [];
    for (const record of sought) {
      signal.throwIfAborted();
      const { purchaseId, type, sentAt } = record;
      const row = rowOf.get(purchaseKey(record));
      const { evidence, isAbsent } = reading.of(record);
      const again = row ? await settle.found(record, row, templates[type]) : 'later';
      if (isAbsent) await settle.absent(record);
      const lookAt = again === 'later' ? nextLookAt(sentAt, Date.now()) : again === 'never' ? null : again;
      looks.push({ purchaseId, type, lookAt, evidence });
    }
    await inParts(looks, (some) => records.looked(some));
  };
}
