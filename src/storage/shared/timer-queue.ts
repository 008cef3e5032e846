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

/** Whether a report may be polled by this process: 'later' if that is not known now, 'never' if it is another one's. */
export type Permission = 'now' | 'later' | 'never';

export interface TimerQueue extends CollectionQueue {
  /** Forgets what is scheduled and aborts the polls that are running: others make them. */
  clear(): void;
}

/** When permission is asked for again. */
const ASK_AGAIN_MS = 250;

/**
 * One timer per pending report. Scheduling a report that is already scheduled does not move its timer. A poll starts at
 * its time, never before; only where too many are due at the same moment, the last of them start later.
 */
export function createTimerQueue(permissionFor: (key: CollectionKey) => Permission = () => 'now'): TimerQueue {
  const jobs = new Map<string, Job>();
  const running = new Set<Promise<void>>();
  const spread = createSpread({ windowMs: WINDOW_MS, most: MOST_AT_ONCE });
  let polling = new AbortController();
  let closed = false;
  let step: CollectionStep | null = null;

  function arm(name: string, job: Job, delayMs: number): void {
    const now = performance.now();
    waitUntil(spread.place(now + Math.max(delayMs, 0), now), job, () => {
      const run = runStep(name, job);
      running.add(run);
      void run.finally(() => running.delete(run));
    });
  }

  async function delayAfterStep(job: Job): Promise<number | null> {
    job.timer = null;
    job.again = false;
    const permission = permissionFor(job.key);
    if (permission === 'later') return ASK_AGAIN_MS;
    if (permission === 'never' || !step) return null;
    const delayMs = await step(job.key, polling.signal).catch(() => null);
    return delayMs ?? (job.again ? 0 : null);
  }

  async function runStep(name: string, job: Job): Promise<void> {
    const delayMs = await delayAfterStep(job);
    if (jobs.get(name) !== job) return;
    if (delayMs === null) jobs.delete(name);
    else arm(name, job, delayMs);
  }

  function clear(reason: string): void {
    polling.abort(new Error(reason));
    polling = new AbortController();
    for (const { timer } of jobs.values()) if (timer) clearTimeout(timer);
    jobs.clear();
  }

  return {
    start(collect) {
      step = collect;
    },

    schedule(key, delayMs) {
      const name = `${key.id}:${key.type}`;
      if (closed) return;
      const present = jobs.get(name);
      if (present) {
        present.again = true;
        return;
      }
      const job: Job = { key, timer: null, again: false };
      jobs.set(name, job);
      arm(name, job, delayMs);
    },

    clear: () => clear('Others poll what was scheduled.'),

    async close() {
      closed = true;
      clear('The collection queue was closed.');
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
