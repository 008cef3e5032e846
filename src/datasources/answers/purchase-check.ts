import type { AnswerIssue, ApiError } from '../../errors.js';
import type { ReportsRequest } from '../../model/report.js';
import type { AnswerChecker } from './checker.js';
import { ignoredAnswers, ignoredWarning, unknownAnswers } from './remarks.js';

/** What is done with the answers of a purchase. `off`: nothing. `strict`: what upstream would ignore is not bought. */
export type AnswerCheckMode = 'off' | 'correct' | 'strict';

/** What is to be bought for a request, as far as look-ups tell. */
interface CheckedRequest {
  /** In upstream's spelling. */
  readonly request: ReportsRequest;
  /** What the report's `warnings` begin with: the answers that upstream ignores. */
  readonly warnings: readonly AnswerIssue[];
  /** Why nothing is to be bought; null: it is. */
  readonly refusal: ApiError | null;
}

/** The check of a purchase that is about to be claimed. It takes two seconds at most, and never throws. */
export type PurchaseCheck = (request: ReportsRequest) => Promise<CheckedRequest>;

/** A purchase depends on no caller, so its check does not either: the check ends by itself. */
const NEVER = new AbortController().signal;

export function createPurchaseCheck(mode: AnswerCheckMode, checker: AnswerChecker): PurchaseCheck {
  return async (request) => {
    if (mode === 'off') return { request, warnings: [], refusal: null };
    const check = await checker.check(request, NEVER);
    const ignored = ignoredAnswers(check);
    return {
      request: check.corrected,
      warnings: ignored.map(ignoredWarning),
      refusal: mode === 'strict' && ignored.length > 0 ? unknownAnswers(ignored) : null,
    };
  };
}
