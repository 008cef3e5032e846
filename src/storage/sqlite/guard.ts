import type { Database } from './database.js';

/** How often the ledger's place and owner are looked at, besides every purchase. */
const LOOK_EVERY_MS = 1_000;

/** Keeps purchases out of a ledger that nobody will find, or that belongs to another process by now. */
export interface Guard {
  /** Why nothing may be bought into this ledger now; null if it may. */
  fault(): string | null;
  close(): void;
}

/** `onFault`: called once for each fault, and with null when it is gone. */
export function watchLedger(
  { db, owner, place }: Pick<Database, 'db' | 'owner' | 'place'>,
  onFault: (fault: string | null) => void = () => undefined,
): Guard {
  let last: string | null = null;

  function fault(): string | null {
    const found = place.fault() ?? (owner.isCurrent() ? null : 'Another process has taken the ledger over.');
    if (found !== last) onFault((last = found));
    return found;
  }

  function look(): void {
    try {
      owner.answer();
      if (fault() !== null) checkpoint(db);
    } catch {
      // Locked, full or closed: whoever writes next is told.
    }
  }

  const looking = setInterval(look, LOOK_EVERY_MS).unref();
  return { fault, close: () => clearInterval(looking) };
}

/** What was bought before may be in a `-wal` file that was deleted: moves it into the database, which may still be there. */
function checkpoint(db: Database['db']): void {
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}
