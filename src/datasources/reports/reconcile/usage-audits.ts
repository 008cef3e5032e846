import { ApiError } from '../../../errors.js';
import { abortable } from '../../../lib/abortable.js';
import { ownText } from '../../../lib/own-text.js';
import { createSlots } from '../../../lib/slots.js';
import type { DifferencePlace, Month } from '../../../model/usage-audit.js';
import type { JobalyzerClient } from '../../jobalyzer/client.js';
import { requestKeyOf } from '../../jobalyzer/usage-log/request-key.js';
import { UsageLogUnreadable, type LoggedReport } from '../../jobalyzer/usage-log/usage-log.js';
import type { Ledger } from '../ports.js';
import type { SentPlace, PurchaseRecord } from '../sent-purchases.js';
import { compareBill, type BillComparison } from './bill.js';
import type { BilledPurchase, BilledRow, BillOutcome } from './bill-rows.js';
import { differencePage, type DifferencePage } from './difference-page.js';
import { mayBeOurs, type Customer } from './own-rows.js';
import { withUndelivered } from './undelivered.js';

/** Upstream's usage log of a month beside the purchases of this server. */
export interface UsageAudits {
  /**
   * What the two have, and differ in. The log is read anew at most once a minute, however many ask. Throws
   * UPSTREAM_UNAVAILABLE if no usage log is set, UPSTREAM_BAD_RESPONSE or the error of the token source if it cannot be read,
   * OPERATION_TOO_LARGE if the month has too much to be compared, or STORE_UNAVAILABLE. `signal` ends the wait alone.
   */
  compare(month: Month, signal: AbortSignal): Promise<BillComparison>;
  /** At most `most` of the differences after a place; null: from the beginning. Throws STORE_UNAVAILABLE. */
  page(comparison: BillComparison, after: DifferencePlace | null, most: number): Promise<DifferencePage>;
  /** Ends what is being read. */
  close(): void;
}

interface Dependencies {
  /** Of upstream; its usage log is null if none is set. */
  readonly client: Pick<JobalyzerClient, 'usageLog' | 'customerId' | 'clientId'>;
  readonly ledger: Pick<Ledger, 'read' | 'purchases'>;
}

/** A month with more than this, on either side, would take too much memory. */
const MOST_COMPARED = 200_000;
/** What is near a month in time is read as well, since rows are recorded later than purchases are sent, by other clocks. */
const MARGIN_MS = 3_600_000;
const PURCHASES_AT_ONCE = 1_000;
/**
 * For paging. What is recorded or found meanwhile is seen a little later; what a person decides about a doubt changes nothing
 * here, since it does not tell what upstream bills.
 */
const REMEMBERED_MS = 60_000;
const MOST_REMEMBERED = 2;

export function createUsageAudits({ client, ledger }: Dependencies): UsageAudits {
  const { usageLog, customerId } = client;
  const closing = new AbortController();
  // Half a gigabyte is read by one at a time.
  const slots = createSlots(1);
  const remembered = new Map<string, Promise<BillComparison>>();

  /** `asked`: what this server has asked for, by which rows with another CLIENTID are known. */
  async function rowsOf(
    { from, until }: Month,
    asked: ReadonlySet<string>,
  ): Promise<{ rows: BilledRow[]; readAt: number }> {
    if (!usageLog) {
      throw new ApiError(
        'UPSTREAM_UNAVAILABLE',
        "Upstream's usage log is not known to this server: JOBALYZER_USAGE_URL is not set.",
      );
    }
    const rows: BilledRow[] = [];
    const enough = new AbortController();
    const take = (row: LoggedReport): void => {
      const billed = billedRow(row, client, asked);
      if (billed && rows.length < MOST_COMPARED) rows.push(billed);
      else if (billed) enough.abort(tooMuch('rows in the usage log'));
    };
    const signal = AbortSignal.any([closing.signal, enough.signal]);
    const { readAt } = await usageLog
      .read({ since: from - MARGIN_MS, until: until + MARGIN_MS }, take, signal)
      .catch((error: unknown) => {
        throw error instanceof UsageLogUnreadable
          ? new ApiError(
              'UPSTREAM_BAD_RESPONSE',
              `Upstream's usage log cannot be read: ${error.message}`,
              {},
              { cause: error },
            )
          : error;
      });
    return { rows, readAt: readAt.getTime() };
  }

  async function purchasesOf({ from, until }: Month): Promise<BilledPurchase[]> {
    const purchases: BilledPurchase[] = [];
    let after: SentPlace | null = null;
    for (;;) {
      const page: readonly PurchaseRecord[] = await ledger.purchases.between(
        from - MARGIN_MS,
        until + MARGIN_MS,
        after,
        PURCHASES_AT_ONCE,
      );
      for (const sent of page) purchases.push(billedPurchase(sent, customerId));
      if (purchases.length > MOST_COMPARED) throw tooMuch('purchases');
      after = page.at(-1) ?? null;
      if (page.length < PURCHASES_AT_ONCE) return purchases;
    }
  }

  async function read(month: Month): Promise<BillComparison> {
    const giveBack = await slots.take(closing.signal);
    try {
      const asked = new Set((await purchasesOf(month)).map(({ requestKey }) => requestKey));
      const { rows, readAt } = await rowsOf(month, asked);
      // Once more, so that no row is of a purchase that was not there yet when it was looked for.
      const purchases = await withUndelivered(ledger, await purchasesOf(month));
      return compareBill({ ...month, readAt }, rows, purchases);
    } finally {
      giveBack();
    }
  }

  function forget(name: string, comparison: Promise<BillComparison>): void {
    if (remembered.get(name) === comparison) remembered.delete(name);
  }

  function remember({ name }: Month, comparison: Promise<BillComparison>): void {
    remembered.set(name, comparison);
    const [oldest] = remembered.keys();
    if (oldest !== undefined && remembered.size > MOST_REMEMBERED) remembered.delete(oldest);
    comparison.then(
      () => setTimeout(() => forget(name, comparison), REMEMBERED_MS).unref(),
      () => forget(name, comparison),
    );
  }

  return {
    async compare(month, signal) {
      const known = remembered.get(month.name);
      const comparison = known ?? read(month);
      if (!known) remember(month, comparison);
      return abortable(comparison, signal);
    },
    page: (comparison, after, most) => differencePage(ledger, comparison, after, most),
    close: () =>
      closing.abort(
        new ApiError(
          'UPSTREAM_UNAVAILABLE',
          "The server is stopping, and has not read upstream's usage log to its end.",
        ),
      ),
  };
}

function tooMuch(what: string): ApiError {
  const message = `The month cannot be compared: it has more than ${MOST_COMPARED} ${what}.`;
  return new ApiError('OPERATION_TOO_LARGE', message, { limit: MOST_COMPARED });
}

/** Null: it is another client's, or of no known time. Of what was read, no more than this is kept. */
function billedRow(row: LoggedReport, customer: Customer, asked: ReadonlySet<string>): BilledRow | null {
  const { recordedAt, type, successful, upstreamReportId, requestKey, rating } = row;
  const isForeign = !mayBeOurs(row, customer);
  if (!recordedAt || (isForeign && !asked.has(requestKey ?? ''))) return null;
  return {
    upstreamReportId: upstreamReportId && ownText(upstreamReportId),
    recordedAt,
    type,
    successful,
    requestKey: requestKey && ownText(requestKey),
    rating,
    isForeign,
  };
}

const OUTCOMES: Readonly<Record<NonNullable<PurchaseRecord['outcome']>, BillOutcome>> = {
  accepted: 'bought',
  found: 'found',
  refused: 'refused',
  'not-accepted': 'refused',
  uncertain: 'uncertain',
  absent: 'uncertain',
};

function billedPurchase(sent: PurchaseRecord, customerId: string): BilledPurchase {
  const { purchaseId, reportId, type, sentAt, upstreamReportId, request, outcome } = sent;
  return {
    purchaseId,
    reportId,
    type,
    sentAt,
    upstreamReportId,
    // What this server cannot read itself is in no row.
    requestKey: requestKeyOf(request, customerId) ?? '',
    outcome: outcome === null ? 'uncertain' : OUTCOMES[outcome],
  };
}
