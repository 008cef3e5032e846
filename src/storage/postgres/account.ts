import type { PoolClient } from 'pg';
import { accountName, mismatch, type Account, type AccountResult } from '../shared/account.js';
import { LedgerUnusable } from './failures.js';

interface AccountRow {
  readonly origin: string;
  readonly customer_id: string;
  readonly adopted: boolean;
}

const ELSEWHERE = 'Use another DATABASE_SCHEMA';

/**
 * Records the account in a ledger that has none. Throws `LedgerUnusable` that names both if it has another one. `adopt`: an operator
 * says that both are the same account. That holds for one start; after a start without it, it can be said again. `schema` is quoted.
 */
export async function claimAccount(
  client: PoolClient,
  schema: string,
  account: Account,
  adopt: boolean,
): Promise<AccountResult> {
  const { origin, customerId } = account;
  const stamped = await client.query(
    `INSERT INTO ${schema}.account VALUES (1, $1, $2, false) ON CONFLICT DO NOTHING RETURNING id`,
    [origin, customerId],
  );
  if (stamped.rowCount === 1) return { kind: 'stamped' };
  const { rows } = await client.query<AccountRow>(`SELECT origin, customer_id, adopted FROM ${schema}.account`);
  const recorded = rows[0];
  if (!adopt) await client.query(`UPDATE ${schema}.account SET adopted = false WHERE adopted`);
  if (recorded?.origin === origin && recorded.customer_id === customerId) return { kind: 'same' };
  const other = recorded ? accountName({ origin: recorded.origin, customerId: recorded.customer_id }) : 'nobody';
  if (!adopt || recorded?.adopted) throw new LedgerUnusable(mismatch(other, account, adopt, ELSEWHERE));
  await client.query(`UPDATE ${schema}.account SET origin = $1, customer_id = $2, adopted = true`, [
    origin,
    customerId,
  ]);
  return { kind: 'adopted', from: other };
}
