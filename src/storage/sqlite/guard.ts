import type { Database } from './database.js';
import type { LedgerWriter } from './writer.js';

/** How often the ledger's place and owner are looked at, besides every purchase. */
const LOOK_EVERY_MS = 1_000;

/** Keeps purchases out of a ledger that nobody will find, or that belongs to another process by now. */
export interface Guard {
  /** Why nothing may be bought into this ledger now; null if it may. */
  fault(): string | null;
  close(): void;
}

/** Why what is open is not the ledger that the next process will find, or not this one's; null if it is. */
export function lossOf({ owner, place }: Pick<Database, 'owner' | 'place'>): string | null {
  return place.fault() ?? (owner.isCurrent() ? null : 'Another process has taken the ledger over.');
}

/** `onFault`: called once for each fault, and with null when it is gone. */
export function watchLedger(
  database: Pick<Database, 'db' | 'owner' | 'place'>,
  writer: Pick<LedgerWriter, 'fault' | 'answer'>,
  onFault: (fault: string | null) => void = () => undefined,
): Guard {
  let last: string | null = null;

  function fault(): string | null {
    const found = writer.fault() ?? lossOf(database);
    if (found !== last) onFault((last = found));
    return found;
  }

  async function look(): Promise<void> {
    try {
      if (fault() !== null) checkpoint(database.db);
      if (database.owner.isAsked()) await writer.answer();
    } catch {
      // Locked, full or closed: whoever writes next is told.
    }
  }

  const looking = setInterval(() => void look(), LOOK_EVERY_MS).unref();
  return { fault, close: () => clearInterval(looking) };
}

/** What was bought before may be in a `-wal` file that was deleted: moves it into the database, which may still be there. */
function checkpoint(db: Database['db']): void {
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}
