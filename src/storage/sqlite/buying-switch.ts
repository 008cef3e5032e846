import type { DatabaseSync } from 'node:sqlite';

const KEY = 'buying_stopped';

/** Whether anything may be bought. Synchronous; `set` is called inside a transaction. */
export interface BuyingSwitch {
  isOn(): boolean;
  set(on: boolean): void;
}

export function createBuyingSwitch(db: DatabaseSync): BuyingSwitch {
  const select = db.prepare('SELECT 1 FROM meta WHERE key = ?');
  const insert = db.prepare('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const remove = db.prepare('DELETE FROM meta WHERE key = ?');

  return {
    isOn: () => select.get(KEY) === undefined,
    set(on) {
      if (on) remove.run(KEY);
      else insert.run(KEY, Date.now());
    },
  };
}
