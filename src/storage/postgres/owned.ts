import type { Entry } from '../../datasources/reports/ledger.js';
import type { CollectionKey } from '../../datasources/reports/ports.js';
import { isDriven } from './step-rows.js';

/** Owns what may be taken over at once: it is never a member. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** What is unfinished and this process's own, as far as it knows. */
export interface Owned {
  add(entry: OwnedEntry): void;
  /** This process has stored it; `byOther`: perhaps as a member that it is no longer. */
  stored(entry: Entry, byOther: boolean): void;
  /** A commit of this report has failed, so that it may be stored as something else than is known here. */
  unlearned(id: string): void;
  /** The reports of which that was said since their outcomes were last looked for. */
  readonly toBeLearned: Set<string>;
  /** Whether it is still this very version. */
  hasVersion(entry: Entry): boolean;
  /** Whether it is to be polled here. */
  isPolled(key: CollectionKey): boolean;
  /** This process was taken for dead: nothing is its own any more. */
  clear(): void;
  /** Only what is being sent is its own from now on. */
  handOver(): void;
  isHandedOver(): boolean;
}

type OwnedEntry = Pick<Entry, 'reportId' | 'type' | 'version' | 'state'>;

export function createOwned(): Owned {
  const entries = new Map<string, OwnedEntry>();
  const toBeLearned = new Set<string>();
  let isHandedOver = false;
  const nameOf = ({ id, type }: CollectionKey): string => `${id}:${type}`;
  const keyOf = ({ reportId: id, type }: OwnedEntry): CollectionKey => ({ id, type });

  const owned: Owned = {
    add: ({ reportId, type, version, state }) =>
      void entries.set(nameOf({ id: reportId, type }), { reportId, type, version, state }),

    stored(entry, byOther) {
      const keeps = isDriven(entry) && !byOther && (!isHandedOver || entry.state === 'SENDING');
      if (keeps) owned.add(entry);
      else entries.delete(nameOf(keyOf(entry)));
    },

    unlearned: (id) => void toBeLearned.add(id),
    toBeLearned,
    hasVersion: (entry) => entries.get(nameOf(keyOf(entry)))?.version === entry.version,
    isPolled: (key) => entries.get(nameOf(key))?.state === 'LINKED',
    clear: () => entries.clear(),

    handOver() {
      isHandedOver = true;
      for (const [name, { state }] of entries) if (state !== 'SENDING') entries.delete(name);
    },

    isHandedOver: () => isHandedOver,
  };
  return owned;
}
