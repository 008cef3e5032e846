import { setTimeout as delay } from 'node:timers/promises';
import { numbered } from '../fixtures/answers/answers.ts';
import { connectClient, follow } from '../fixtures/sockets/follow.ts';
import type { Fleet } from './fleet.ts';

const LONGEST_WAIT_MS = 120_000;

/** Subscribers that connect to any server, and to another one when theirs is gone. */
export interface Followers {
  /** Follows this report until its subscription is complete. */
  follow(number: number): void;
  count(): number;
  /** Waits until every subscription is complete, at most some seconds. */
  ended(): Promise<void>;
  problems(): readonly string[];
  close(): void;
}

export function startFollowers(fleet: Fleet): Followers {
  const open = new Set<number>();
  const problems: string[] = [];
  let started = 0;
  const closing = new AbortController();

  const run = async (number: number): Promise<void> => {
    for (let attempt = 0; !closing.signal.aborted; attempt++) {
      const server = fleet.servers[(number + attempt) % fleet.servers.length];
      if (!server) return;
      const client = connectClient({ url: server.url.replace('/graphql', '') });
      const follower = follow(client, { answers: numbered(number), types: ['PAY'] });
      closing.signal.addEventListener('abort', follower.leave, { once: true });
      await follower.ended;
      closing.signal.removeEventListener('abort', follower.leave);
      await client.dispose();
      const last = follower.events.at(-1)?.status;
      if (follower.errors.length === 0 && (last === 'READY' || last === 'FAILED')) {
        open.delete(number);
        return;
      }
      await delay(50);
    }
  };

  return {
    follow(number) {
      started += 1;
      open.add(number);
      void run(number).catch((error: unknown) => problems.push(`subscription to ${number}: ${String(error)}`));
    },
    count: () => started,
    async ended() {
      const until = performance.now() + LONGEST_WAIT_MS;
      while (open.size > 0 && performance.now() < until) await delay(50);
      if (open.size > 0) problems.push(`subscriptions that saw no end: ${[...open].slice(0, 10).join(', ')}`);
    },
    problems: () => problems,
    close() {
      closing.abort();
    },
  };
}
