import type { Entry, EntryIn } from '../../datasources/reports/ledger.js';

/** How far polling has come. Kept in memory only: it is not worth a disk write. */
export interface PollingProgress {
  set(polled: EntryIn<'LINKED'>): void;
  /** The entry with its progress, if there is any for this version; otherwise the stored entry. */
  current(stored: Entry): Entry;
  /** Call it with every new entry: what is no longer LINKED is no longer polled. */
  entered(entry: Entry): void;
}

export function createPollingProgress(): PollingProgress {
  const polled = new Map<string, EntryIn<'LINKED'>>();
  const keyOf = ({ reportId, type }: Entry): string => `${reportId}:${type}`;

  return {
    set: (entry) => void polled.set(keyOf(entry), entry),

    current(stored) {
      const progress = polled.get(keyOf(stored));
      return progress?.version === stored.version ? progress : stored;
    },

    entered(entry) {
      if (entry.state !== 'LINKED') polled.delete(keyOf(entry));
    },
  };
}
