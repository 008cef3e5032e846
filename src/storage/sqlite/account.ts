import type { DatabaseSync } from 'node:sqlite';
import { accountName, mismatch, type Account, type AccountResult } from '../shared/account.js';

interface AccountRow {
  readonly origin: string;
  readonly customer_id: string;
  readonly adopted: number;
}

/**
 * Reports of one account must not be served as another's: what a simulator invented, for example, as real figures. Records
 * the account in a ledger that has none. Throws an Error that names both if the ledger has another account, or if it has
 * none but stores responses of another origin. `adopt`: an operator says that both are the same account. That holds for one
 * start; after a start without it, it can be said again.
 */
export function claimAccount(db: DatabaseSync, account: Account, adopt: boolean): AccountResult {
  const recorded = db.prepare('SELECT * FROM account').get() as unknown as AccountRow | undefined;
  if (recorded && recorded.origin === account.origin && recorded.customer_id === account.customerId) {
    if (!adopt) endAdoption(db);
    return { kind: 'same' };
  }
  const other = recorded
    ? accountName({ origin: recorded.origin, customerId: recorded.customer_id })
    : foreignOrigin(db, account.origin);
  if (other === null) {
    record(db, account, false);
    return { kind: 'stamped' };
  }
  if (adopt && !recorded?.adopted) {
    record(db, account, true);
    return { kind: 'adopted', from: other };
  }
  if (!adopt) endAdoption(db);
  throw new Error(mismatch(other, account, adopt, 'Use another DATA_DIR'));
}

function record(db: DatabaseSync, { origin, customerId }: Account, adopted: boolean): void {
  db.prepare('INSERT OR REPLACE INTO account (id, origin, customer_id, adopted) VALUES (1, ?, ?, ?)').run(
    origin,
    customerId,
    Number(adopted),
  );
}

function endAdoption(db: DatabaseSync): void {
  db.exec('UPDATE account SET adopted = 0 WHERE adopted <> 0');
}

/** An absolute URL of the reports API in a stored response, which may be quoted as JSON within JSON. */
const API_URL = /(https?:)(?:\\*\/){2}([^\\/"\s?#]+)[^"\s?#]*?\/jobalyzer\\*\//gi;

/** The origin of a link to the API in a stored response, if its host is not that of `origin`; null if there is none. */
function foreignOrigin(db: DatabaseSync, origin: string): string | null {
  const { host } = new URL(origin);
  const responses = db
    .prepare(
      `SELECT data AS text FROM entries WHERE data LIKE '%/jobalyzer%'
       UNION ALL SELECT body FROM bodies WHERE body LIKE '%/jobalyzer%'`,
    )
    .iterate();
  for (const { text } of responses) {
    for (const [, scheme, found] of String(text).matchAll(API_URL)) {
      // Only the host counts: upstream may write http for https.
      const url = URL.parse(`${scheme}//${found}`);
      if (url && url.host !== host) return url.origin;
    }
  }
  return null;
}
