import type { DatabaseSync } from 'node:sqlite';
import type { Charge, LimitedCharge } from '../../datasources/reports/charges.js';

/** How many reports are charged to whom, by the day. Synchronous; whatever writes is called inside a transaction. */
export interface Charges {
  /** Charges one report, unless as many are charged as may be. Returns how many those are then, otherwise null. */
  charge(charge: LimitedCharge): { readonly used: number; readonly limit: number } | null;
  /** Takes back one charge. */
  refund(charge: Charge): void;
  count(charge: Charge): number;
  /** Forgets what was charged before this day. */
  prune(day: string): void;
}

export function createCharges(db: DatabaseSync): Charges {
  const select = db.prepare('SELECT reports FROM charges WHERE client = ? AND day = ?');
  const add = db.prepare(
    'INSERT INTO charges (client, day, reports) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET reports = reports + 1',
  );
  const subtract = db.prepare('UPDATE charges SET reports = reports - 1 WHERE client = ? AND day = ? AND reports > 0');
  const deleteBefore = db.prepare('DELETE FROM charges WHERE day < ?');

  const count = ({ client, day }: Charge): number => Number(select.get(client, day)?.['reports'] ?? 0);

  return {
    charge({ limit, ...charge }) {
      const used = count(charge);
      if (limit !== null && used >= limit) return { used, limit };
      add.run(charge.client, charge.day);
      return null;
    },
    refund: ({ client, day }) => void subtract.run(client, day),
    count,
    prune: (day) => void deleteBefore.run(day),
  };
}
