import type { AnswerIssue, Failure } from '../../errors.js';
import type { Charge, LimitedCharge } from './charges.js';
import type { Identified } from './doubts.js';
import type { LinkedState } from './link-state.js';

/**
 * What happens to a report. Whatever a purchase brings about names the purchase, since its entry may have been changed
 * meanwhile. Only a purchase that an older release sent has no id.
 */
export type LedgerEvent =
  /**
   * `doubtsUntil`: a doubt not later than this (epoch ms) is bought again; null: none is. `charge`: what it is charged to;
   * `warnings`: what those of the report begin with.
   */
  | {
      readonly kind: 'claim';
      readonly doubtsUntil: number | null;
      readonly charge: LimitedCharge;
      readonly warnings?: readonly AnswerIssue[];
    }
  /** The id is to stand for another one from now on: what would be bought by it is that one's. */
  | { readonly kind: 'stand-for'; readonly standsFor: string }
  /** What it stood for has ended. */
  | { readonly kind: 'stand-alone' }
  /** `request`: the body that is about to leave, of which a record is kept. Not given: none is. */
  | (Identified & { readonly kind: 'send'; readonly request?: string })
  | { readonly kind: 'give-up'; readonly failure: Failure }
  | PurchaseEvent
  /** `body`: the raw report; `warnings`: those found in collecting it. */
  | {
      readonly kind: 'collect';
      readonly body: string;
      readonly rating: number | null;
      readonly warnings?: readonly AnswerIssue[];
      readonly expiresAt: number;
    }
  /** `body`: a raw response to a poll that had no usable report, to be stored with this progress. */
  | { readonly kind: 'set-aside'; readonly body: string; readonly digest: string; readonly polled: LinkedState }
  | { readonly kind: 'end'; readonly failure: Failure; readonly expiresAt: number }
  /** A failed report is polled again. */
  | { readonly kind: 'reopen' }
  /** A person decides that a doubt not later than `doubtsUntil` (epoch ms) came to nothing. `client`: who it was. */
  | {
      readonly kind: 'close';
      readonly doubtsUntil: number;
      readonly note: string;
      readonly client: string;
      readonly expiresAt: number;
    }
  /** Upstream's usage log has a purchase whose outcome was unknown. `charge`: what it is charged to, if the entry does not know it any more. */
  | {
      readonly kind: 'found';
      readonly purchaseId: string;
      readonly found: Found;
      readonly charge?: Charge | undefined;
    }
  /** The log does not have it, and so it was not made, as far as one can tell. */
  | { readonly kind: 'absent'; readonly purchaseId: string; readonly failure: Failure };

export type LedgerEventOf<K extends LedgerEvent['kind']> = Extract<LedgerEvent, { readonly kind: K }>;

/** What upstream's usage log says of a purchase. */
export type Found =
  /** A link that was made of its REPORTID. */
  | { readonly kind: 'link'; readonly link: string }
  /** `body`: the raw report that the log has. */
  | {
      readonly kind: 'report';
      readonly body: string;
      readonly rating: number | null;
      readonly warnings: readonly AnswerIssue[];
      readonly expiresAt: number;
    }
  /** Upstream did not make it. */
  | { readonly kind: 'failed'; readonly failure: Failure; readonly expiresAt: number };

type PurchaseEvent = Identified &
  (
    | { readonly kind: 'not-accepted' }
    /** `cookies`: upstream's, that came with it. */
    /** `isCounted`: the purchase had come to something already, as by upstream's usage log, whatever the entry knows of it. */
    | {
        readonly kind: 'response';
        readonly body: string;
        readonly cookies?: string | null;
        readonly isCounted?: boolean;
      }
    | {
        readonly kind: 'link';
        readonly link: string;
        readonly warnings: readonly AnswerIssue[];
        readonly cookies?: string | null;
      }
    | { readonly kind: 'reject'; readonly failure: Failure; readonly expiresAt: number }
    | { readonly kind: 'lose'; readonly failure: Failure }
  );

export type PurchaseEventOf<K extends PurchaseEvent['kind']> = Extract<PurchaseEvent, { readonly kind: K }>;
