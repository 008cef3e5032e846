import type { LimitedCharge, Charge } from '../../datasources/reports/charges.js';
import type { Entry } from '../../datasources/reports/ledger.js';
import type { PurchaseChange } from '../../datasources/reports/sent-purchases.js';
import type { Committed, PurchaseRefusal } from '../../datasources/reports/ports.js';
import {
  leadsToPurchase,
  type JournalKind,
  type Settlement,
  type Transition,
} from '../../datasources/reports/transition.js';
import type { ReportKey, ReportType } from '../../model/report.js';
import { dataOf } from '../shared/entry-data.js';

/**
 * What is written of a transition, as the columns have it: it goes to another thread, where a text costs a fraction of an
 * object.
 */
export interface WrittenStep {
  readonly type: ReportType;
  /** The version from which it leads, and the one to which it does. */
  readonly from: number;
  readonly version: number;
  readonly state: Entry['state'];
  readonly at: number;
  readonly expiresAt: number | null;
  readonly data: string;
  readonly body: string | null;
  readonly leadsToPurchase: boolean;
  readonly journal: readonly JournalKind[];
  readonly client: string | null;
  readonly charge: LimitedCharge | null;
  readonly settlement: Settlement | null;
  readonly refund: Charge | null;
  readonly purchase: PurchaseChange | null;
}

export function writtenStep(step: Transition): WrittenStep {
  const { before, after, body, journal, client, charge, settlement, refund, purchase } = step;
  return {
    type: after.type,
    from: before.version,
    version: after.version,
    state: after.state,
    // The columns are INTEGER and STRICT: a fractional time would make the write fail.
    at: Math.ceil(after.at),
    expiresAt: 'expiresAt' in after ? Math.ceil(after.expiresAt) : null,
    data: dataOf(after),
    body,
    leadsToPurchase: leadsToPurchase(step),
    journal,
    client,
    charge,
    settlement,
    refund,
    purchase,
  };
}

/** Steps of one report, with its request as it is stored with the first of them. */
export interface WrittenReport {
  readonly id: string;
  readonly request: string;
  readonly steps: readonly WrittenStep[];
}

export function writtenReport({ id, request }: ReportKey, steps: readonly Transition[]): WrittenReport {
  return { id, request: JSON.stringify(request), steps: steps.map(writtenStep) };
}

/** What became of it. */
export type StepResult =
  /** `version`: a later one than that of the step if the versions of a forgotten report went on. */
  | { readonly won: true; readonly version: number }
  /** `entry`: the stored one; null if that is none, or `before`. */
  | { readonly won: false; readonly entry: Entry | null; readonly refused?: PurchaseRefusal };

export function committedOf({ before, after }: Transition, result: StepResult): Committed {
  if (!result.won) return { ...result, entry: result.entry ?? before };
  const { version } = result;
  return { won: true, entry: version === after.version ? after : { ...after, version } };
}
