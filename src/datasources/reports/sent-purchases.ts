import type { ReportType } from '../../model/report.js';
import type { Charge } from './charges.js';

/**
 * What is kept of each purchase that was sent, one record for each of its types. It outlives the entry of its report: by it,
 * rows of upstream's usage log are known for ours, whatever has become of the entry since.
 */

/**
 * What became of a purchase: `accepted`, upstream gave a link; `refused`, upstream said no; `not-accepted`, certainly; `uncertain`,
 * unknown; `found`, unknown until upstream's usage log told; `absent`, given up because that log does not have it.
 */
export type SentOutcome = 'accepted' | 'refused' | 'not-accepted' | 'uncertain' | 'found' | 'absent';

export interface PurchaseRecord {
  readonly purchaseId: string;
  readonly type: ReportType;
  readonly reportId: string;
  /** When its request was about to leave, epoch ms. */
  readonly sentAt: number;
  /** The body of its request, byte for byte. */
  readonly request: string;
  /** Null: it was charged to nobody. */
  readonly charge: Charge | null;
  /** Null: it is not known yet, or a release that keeps no records has stored it. */
  readonly outcome: SentOutcome | null;
  /** The REPORTID that it has in upstream's usage log. Null: not known. */
  readonly upstreamReportId: string | null;
  /** When it is to be looked for in the usage log next, epoch ms. Null: it is not, or no more. */
  readonly lookAt: number | null;
  /** What the usage log said of it last. Null: it was not looked for yet, or is known. */
  readonly evidence: LogEvidence | null;
}

/** What a read of upstream's usage log says of a purchase that it does not settle. Times are epoch ms. */
export interface LogEvidence {
  readonly readAt: number;
  /** When the newest of our purchases in the log was recorded. Null: there is none of that time. */
  readonly newestAt: number | null;
  /** How many of our purchases of the half hour before and after it are known to have been accepted, and how many of those are in the log. */
  readonly accepted: number;
  readonly inLog: number;
  /** Rows that may be this purchase; the first few. */
  readonly candidates: readonly Candidate[];
}

/** A row of the usage log. */
export interface Candidate {
  readonly upstreamReportId: string | null;
  readonly recordedAt: number | null;
  readonly type: ReportType | null;
  readonly successful: boolean | null;
}

/** What a transition says of a purchase: that it is about to be sent, or what it came to. */
export type PurchaseChange =
  | {
      readonly kind: 'sent';
      readonly purchaseId: string;
      readonly sentAt: number;
      readonly request: string;
      readonly charge: Charge | null;
    }
  | {
      readonly kind: 'came-to';
      readonly purchaseId: string;
      readonly outcome: SentOutcome;
      /** Not given: as before. */
      readonly lookAt?: number | null;
    };

/** Which purchase it is. */
interface SentKey {
  readonly purchaseId: string;
  readonly type: ReportType;
}

/** Where a purchase stands among all of them, which are in the order in which they were sent. */
export interface SentPlace extends SentKey {
  readonly sentAt: number;
}

/** A REPORTID that was learned from the usage log. */
export interface LearnedId extends SentKey {
  readonly upstreamReportId: string;
}

/** The result of looking for a purchase. */
export interface Look extends SentKey {
  /** As in `PurchaseRecord`. */
  readonly lookAt: number | null;
  readonly evidence: LogEvidence | null;
}

/** The purchases that were sent, as a ledger keeps them. Each method settles within seconds; throws STORE_UNAVAILABLE. */
export interface SentPurchases {
  /** At most `most` of those sent from `from` until before `until` (epoch ms), in that order, after a place; null: from the beginning. */
  between(from: number, until: number, after: SentPlace | null, most: number): Promise<readonly PurchaseRecord[]>;
  /** The same of those that are to be looked for in the usage log, whenever. */
  sought(after: SentPlace | null, most: number): Promise<readonly PurchaseRecord[]>;
  /** When the first of them is due, epoch ms. Null: there are none. */
  nextLook(): Promise<number | null>;
  /** All types of the purchases with these ids, as far as they are kept. */
  withIds(purchaseIds: readonly string[]): Promise<readonly PurchaseRecord[]>;
  /** Stores these, apart from those of which one of ours has that REPORTID and type already. */
  learn(learned: readonly LearnedId[]): Promise<void>;
  /** Stores what came of looking for them, apart from those that are not to be looked for any more. */
  looked(looks: readonly Look[]): Promise<void>;
  /**
   * Whether it is this process that reads the usage log: of those that share the ledger it is one, until that is gone. Asked
   * before each read.
   */
  readsLog(): Promise<boolean>;
}

/** How long a record is kept, ms: a year's bill can be compared. */
export const SENT_KEPT_MS = 400 * 24 * 3_600_000;
