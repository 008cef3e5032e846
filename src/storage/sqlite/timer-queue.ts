import type { CollectionKey, CollectionQueue, CollectionStep } from '../../datasources/reports/ports.js';
import { LONGEST_DELAY_MS } from '../../lib/delay.js';

interface Job {
  readonly key: CollectionKey;
  timer: NodeJS.Timeout | null;
  /** Scheduled while its step was running: that step may have read the ledger too early. */
  again: boolean;
}

/** One timer per pending report. Scheduling a report that is already scheduled does not move its timer. */
export function createTimerQueue(): CollectionQueue {
  const jobs = new Map<string, Job>();
  const running = new Set<Promise<void>>();
  const closing = new AbortController();
  let step: CollectionStep | null = null;

  function arm(name: string, job: Job, delayMs: number): void {
    job.timer = setTimeout(
      () => {
        const run = runStep(name, job);
        running.add(run);
        void run.finally(() => running.delete(run));
      },
      Math.min(Math.max(delayMs, 0), LONGEST_DELAY_MS),
    );
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
