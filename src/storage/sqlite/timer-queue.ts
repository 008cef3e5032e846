import type { CollectionKey, CollectionQueue, CollectionStep } from '../../datasources/reports/ports.js';
import { LONGEST_DELAY_MS } from '../../lib/delay.js';
import { createSpread } from '../../lib/spread.js';

interface Job {
  readonly key: CollectionKey;
  timer: NodeJS.Timeout | null;
  /** Scheduled while its step was running: that step may have read the ledger too early. */
  again: boolean;
}

/**
 * Polls that start within one window. They are as many as there are connections for quick polls, and the window is what a
 * quick poll takes: more of them would only wait for a connection, and reach Jobalyzer in one burst.
 */
const MOST_AT_ONCE = 48;
const WINDOW_MS = 20;

/**
 * One timer per pending report. Scheduling a report that is already scheduled does not move its timer. A poll starts at
 * its time, never before; only where too many are due at the same moment, the last of them start later.
 */
export function createTimerQueue(): CollectionQueue {
  const jobs = new Map<string, Job>();
  const running = new Set<Promise<void>>();
  const closing = new AbortController();
  const spread = createSpread({ windowMs: WINDOW_MS, most: MOST_AT_ONCE });
  let step: CollectionStep | null = null;

  function arm(name: string, job: Job, delayMs: number): void {
    const now = performance.now();
    waitUntil(spread.place(now + Math.max(delayMs, 0), now), job, () => {
      const run = runStep(name, job);
      running.add(run);
      void run.finally(() => running.delete(run));
    });
  }

  async function runStep(name: string, job: Job): Promise<void> {
    job.timer = null;
    job.again = false;
    const delayMs = step ? await step(job.key, closing.signal).catch(() => null) : null;
    const nextMs = delayMs ?? (job.again ? 0 : null);
    if (nextMs === null || closing.signal.aborted) jobs.delete(name);
    else arm(name, job, nextMs);
  }

  return {
    start(collect) {
      step = collect;
    },

    schedule(key, delayMs) {
      const name = `${key.id}:${key.type}`;
      if (closing.signal.aborted) return;
      const present = jobs.get(name);
      if (present) {
        present.again = true;
        return;
      }
      const job: Job = { key, timer: null, again: false };
      jobs.set(name, job);
      arm(name, job, delayMs);
    },

    async close() {
      closing.abort(new Error('The collection queue was closed.'));
      for (const { timer } of jobs.values()) if (timer) clearTimeout(timer);
      jobs.clear();
      await Promise.all(running);
    },
  };
}

/** A timer counts from the beginning of its turn of the event loop, so it may be early: the clock decides. */
function waitUntil(startAt: number, job: Job, run: () => void): void {
  const leftMs = startAt - performance.now();
  const look = (): void => (performance.now() < startAt ? waitUntil(startAt, job, run) : run());
  job.timer = setTimeout(look, Math.min(Math.max(Math.ceil(leftMs), 0), LONGEST_DELAY_MS));
}
