import { ApiError, type Failure } from '../../errors.js';
import { delay } from '../../lib/delay.js';
import type { ReportKey } from '../../model/report.js';
import { backoff } from '../jobalyzer/retry.js';
import type { Commit } from './commit.js';
import type { Committed, Ledger } from './ports.js';
import type { Transition } from './transition.js';

/** Gives up claims of which it is unknown whether they are stored. Rejects with the reason of `abandoned`. */
type Withdraw = (report: ReportKey, claims: readonly Transition[]) => Promise<void>;

const WITHDRAWN: Failure = {
  code: 'STORE_UNAVAILABLE',
  message: "This server's report store was unavailable when this report was requested, so it was not bought.",
};

export function createWithdraw(ledger: Ledger, commit: Commit, abandoned: AbortSignal): Withdraw {
  /** The ledger recognizes the claims if they are stored. Otherwise they are now: a late write cannot come after that. */
  async function outcomeOf(report: ReportKey, claims: readonly Transition[]): Promise<readonly Committed[]> {
    for (let attempt = 0; ; attempt++) {
      await delay(backoff(attempt), abandoned);
      try {
        return await ledger.commit(report, claims);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
      }
    }
  }

  return async (report, claims) => {
    const stored = (await outcomeOf(report, claims)).filter(({ won }) => won).map(({ entry }) => entry);
    if (stored.length === 0) return;
    await commit(
      report,
      stored.map(({ type }) => type),
      ({ type, version }) =>
        stored.some((claim) => claim.type === type && claim.version === version)
          ? { kind: 'give-up', failure: WITHDRAWN }
          : null,
    );
  };
}
