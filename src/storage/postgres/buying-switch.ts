import type { Database } from './connections.js';
import type { Membership } from './membership.js';
import type { Message, Notifications } from './notifications.js';

/** The stop switch of all processes. */
export interface BuyingSwitch {
  /** By the database. */
  isOn(): Promise<boolean>;
  /** As this process knows it. */
  isKnownToBeOn(): boolean;
  /** See `Ledger.setBuying`. */
  set(enabled: boolean): Promise<void>;
  heard(message: Message): void;
  /** Asks the database: a notification may be lost. */
  look(): Promise<void>;
  close(): void;
}

export const BUYING = 'buying';
const LOOK_EVERY_MS = 2_000;
/** A purchase takes no longer to be answered, and a process that is paused no longer to lose its lease. */
const LONGEST_WAIT_MS = 40_000;
const WAIT_EVERY_MS = 100;

export function createBuyingSwitch(
  database: Database,
  member: Pick<Membership, 'id'>,
  notifications: Pick<Notifications, 'send'>,
): BuyingSwitch {
  const { schema } = database;
  let known = true;

  async function isOn(): Promise<boolean> {
    const found = await database.rows(`SELECT FROM ${schema}.meta WHERE key = 'buying_stopped'`);
    return found.length === 0;
  }

  async function look(): Promise<void> {
    known = await isOn();
  }

  /** Those of others that were about to be sent: this process knows about its own, and does not wait for their answers. */
  async function sendings(): Promise<number> {
    const [found] = await database.rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${schema}.entries
       WHERE owner IS NOT NULL AND owner <> $1 AND state = 'SENDING' AND data LIKE '%"answer":null%'`,
      [member.id],
    );
    return found?.count ?? 0;
  }

  async function othersHaveStopped(): Promise<void> {
    const until = performance.now() + LONGEST_WAIT_MS;
    while ((await sendings()) > 0 && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, WAIT_EVERY_MS));
    }
  }

  const timer = setInterval(() => void look().catch(() => undefined), LOOK_EVERY_MS).unref();

  return {
    isOn,
    isKnownToBeOn: () => known,

    async set(enabled) {
      await database.rows(`SELECT ${schema}.set_buying($1)`, [enabled]);
      known = enabled;
      notifications.send([BUYING, enabled]);
      if (!enabled) await othersHaveStopped();
    },

    heard: ([, enabled]) => void (known = enabled === true),
    look,
    close: () => clearInterval(timer),
  };
}
