import { zstdCompressSync } from 'node:zlib';
import type { Entry } from '../../datasources/reports/ledger.js';
import type { Alias } from '../../datasources/reports/ports.js';
import { leadsToPurchase, type Transition } from '../../datasources/reports/transition.js';
import type { ReportKey } from '../../model/report.js';
import { dataOf } from '../shared/entry-data.js';
import { formatOf } from './entry-rows.js';

/** One transition as `commit_steps` takes it. */
export interface StepRow {
  readonly row: object;
  /** Compressed; null if there is none. */
  readonly body: Buffer | null;
}

/** States that somebody has to drive on. */
const DRIVEN: readonly Entry['state'][] = ['INTENT', 'SENDING', 'LINKED'];

export function isDriven({ state }: Entry): boolean {
  return DRIVEN.includes(state);
}

/** `owner`: the member that drives the entry if it is unfinished. `stamp`: by which its commit is recognized. */
export function stepRow({ id, request }: ReportKey, step: Transition, owner: string, stamp: string): StepRow {
  const { before, after, charge, refund, settlement, body } = step;
  return {
    row: {
      report_id: id,
      request: JSON.stringify(request),
      type: after.type,
      before: before.version,
      state: after.state,
      at: Math.ceil(after.at),
      ...storedColumns(after),
      ...(isDriven(after) && { owner }),
      stamp,
      format: formatOf(after),
      data: dataOf(after),
      link: after.state === 'LINKED' ? plain(after.link) : null,
      buys: leadsToPurchase(step),
      ...(charge && { charge_client: plain(charge.client), charge_day: charge.day, charge_limit: charge.limit }),
      ...(refund && { refund_client: plain(refund.client), refund_day: refund.day }),
      journal: step.journal,
      client: step.client && plain(step.client),
      ...(settlement && {
        settlement: settlement.kind,
        settlement_client: plain(settlement.client),
        settlement_note: settlement.note && plain(settlement.note),
      }),
    },
    body: body === null ? null : zstdCompressSync(body),
  };
}

/** What a transition says of its purchase, as `commit_purchases` takes it; null: nothing. */
export function changeRow({ id }: ReportKey, { after: { type }, purchase }: Transition): object | null {
  if (!purchase) return null;
  const purchase_id = plain(purchase.purchaseId);
  if (purchase.kind === 'came-to') {
    const { outcome, lookAt } = purchase;
    return { purchase_id, type, outcome, look_at: lookAt ?? null, keeps_look: lookAt === undefined };
  }
  const { sentAt, request, charge } = purchase;
  return {
    ...{ purchase_id, type, report_id: id, sent_at: Math.ceil(sentAt), request: plain(request) },
    ...(charge && { client: plain(charge.client), day: charge.day }),
  };
}

/** An alias as `commit_aliases` takes it; `number`: by which its claims name it. */
export function aliasRow(
  { report, steps }: Alias,
  target: string,
  number: number,
  stampOf: (step: Transition) => string,
): object {
  return {
    alias: number,
    id: report.id,
    request: JSON.stringify(report.request),
    target,
    sides: steps.map((step) => ({
      type: step.after.type,
      before: step.before.version,
      at: Math.ceil(step.after.at),
      format: formatOf(step.after),
      stamp: stampOf(step),
      data: dataOf(step.after),
    })),
  };
}

/** What is kept of an entry beside its data, to find it by. Times are epoch ms. */
export interface StoredColumns {
  readonly bought_until?: number;
  readonly refused_until?: number;
  readonly pending_since?: number;
  readonly doubt_since?: number;
  readonly doubt_open?: boolean;
}

export function storedColumns(entry: Entry): StoredColumns {
  return { ...expiryOf(entry), ...(isDriven(entry) && { pending_since: pendingSince(entry) }), ...doubtOf(entry) };
}

/** Later changes of what has a link do not make it younger. */
function pendingSince(entry: Entry): number {
  return Math.ceil(entry.state === 'LINKED' ? (entry.since ?? entry.at) : entry.at);
}

/** What was refused or given up is kept for a shorter time than what was bought. */
function expiryOf(entry: Entry): StoredColumns {
  switch (entry.state) {
    case 'COLLECTED':
    case 'FAILED':
      return { bought_until: Math.ceil(entry.expiresAt) };
    case 'REJECTED':
      return { refused_until: Math.ceil(entry.expiresAt) };
    case 'ABSENT':
      return { refused_until: Math.ceil(entry.at) };
    default:
      return {};
  }
}

/** A doubt that was closed is still looked at when a process starts: its response may have come, and not have been read. */
function doubtOf(entry: Entry): StoredColumns {
  if (entry.state === 'UNCERTAIN') return { doubt_since: Math.ceil(entry.since), doubt_open: true };
  if (entry.state !== 'FAILED' || entry.followed || !entry.doubt) return {};
  return { doubt_since: Math.ceil(entry.doubt.since), doubt_open: false };
}

/** PostgreSQL's text has neither NUL, for which its symbol stands, nor half a character. */
export function plain(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\u2400');
}
