import { LRUCache } from 'lru-cache';
import { onAbort } from './on-abort.js';

/** What a piece of work is, for its turn. */
export interface Share {
  /** Work with the same key is expected to take as long as the last time. */
  readonly key: string;
  /** New work has every second free slot to itself. */
  readonly isNew: boolean;
}

/** One piece of work in its slot. */
export interface Slot {
  /** Aborts with the caller's signal, or when the work took long and others need its slot: then it is run again. */
  readonly signal: AbortSignal;
  /** Time counts from now on. */
  begin(): void;
}

export interface FairSlots {
  /** Runs `work` when it has a slot; perhaps twice, so it must be safe to repeat. Rejects with the signal's reason. */
  run<T>(share: Share, signal: AbortSignal, work: (slot: Slot) => Promise<T>): Promise<T>;
}

export interface FairSlotsOptions {
  readonly quick: number;
  /** Slots of work that took long the last time. */
  readonly slow: number;
  /** What takes longer is slow, in milliseconds. */
  readonly graceMs?: number;
}

const GRACE_MS = 1_000;
/** Keys of slow work that are remembered. */
const MOST_REMEMBERED = 20_000;

interface Job {
  startedAt: number | null;
  interrupted: boolean;
  readonly controller: AbortController;
}

interface Waiting {
  readonly job: Job;
  start(): void;
}

/**
 * Slots for work that may hang, so that what hangs does not delay the rest. Work that took long the last time has slots of
 * its own, in turn. Everything else shares the quick slots, for as long as nobody waits for them; when somebody does, what
 * has been there for longer than a second goes on in a slow slot, or if none is free begins again once one is.
 */
export function createFairSlots({ quick, slow, graceMs = GRACE_MS }: FairSlotsOptions): FairSlots {
  // With `max` it would allocate the room for all of them at once.
  const known = new LRUCache<string, true>({ maxSize: MOST_REMEMBERED, sizeCalculation: () => 1 });
  const inQuick = new Set<Job>();
  const inSlow = new Set<Job>();
  const waiting: Record<'new' | 'other' | 'slow', Waiting[]> = { new: [], other: [], slow: [] };
  let turn = -1;

  function start(next: Waiting, running: Set<Job>): void {
    running.add(next.job);
    next.start();
  }

  /** By age: the newest in line, so that it need not wait for many that hang, and those that wait longest. */
  const turns = [
    () => waiting.new.pop(),
    () => waiting.other.shift(),
    () => waiting.new.shift(),
    () => waiting.other.shift(),
  ];

  function takeQuick(): Waiting | undefined {
    turn = (turn + 1) % turns.length;
    return turns[turn]?.() ?? waiting.new.pop() ?? waiting.other.shift();
  }

  function overdue(): Job[] {
    const before = performance.now() - graceMs;
    return [...inQuick].filter(
      ({ startedAt, interrupted }) => !interrupted && startedAt !== null && startedAt <= before,
    );
  }

  /** Gives free slots to those who wait for them, and takes back what others have had for too long. */
  function next(): void {
    while (inSlow.size < slow && waiting.slow.length > 0) start(waiting.slow.shift() as Waiting, inSlow);
    const count = waiting.new.length + waiting.other.length;
    if (count === 0) return;
    const late = inQuick.size < quick && count <= quick - inQuick.size ? [] : overdue();
    while (inSlow.size < slow && late.length > 0) {
      const job = late.shift() as Job;
      inQuick.delete(job);
      inSlow.add(job);
    }
    for (let free = quick - inQuick.size; free > 0; free -= 1) {
      const first = takeQuick();
      if (!first) return;
      start(first, inQuick);
    }
    const leaving = [...inQuick].filter(({ interrupted }) => interrupted).length;
    const left = waiting.new.length + waiting.other.length - leaving;
    for (const job of late.slice(0, Math.max(left, 0))) interrupt(job);
  }

  function interrupt(job: Job): void {
    job.interrupted = true;
    job.controller.abort(new Error('It took long, and others were waiting.'));
  }

  function enter(queue: Waiting[], job: Job, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = onAbort(signal, () => {
        queue.splice(queue.indexOf(own), 1);
        reject(signal.reason as Error);
      });
      const own: Waiting = {
        job,
        start() {
          leave();
          resolve();
        },
      };
      queue.push(own);
      next();
    });
  }

  async function runOnce<T>(
    { key, isNew }: Share,
    signal: AbortSignal,
    work: (slot: Slot) => Promise<T>,
  ): Promise<{ interrupted: boolean; result: T }> {
    signal.throwIfAborted();
    const job: Job = { startedAt: null, interrupted: false, controller: new AbortController() };
    await enter(waiting[known.has(key) ? 'slow' : isNew ? 'new' : 'other'], job, signal);
    const abort = (): void => job.controller.abort(signal.reason);
    if (signal.aborted) abort();
    const leave = signal.aborted ? null : onAbort(signal, abort);
    let timer: NodeJS.Timeout | undefined;
    const begin = (): void => {
      job.startedAt ??= performance.now();
      // A timer may be a little early.
      timer ??= setTimeout(next, graceMs + 1);
    };
    try {
      const result = await work({ signal: job.controller.signal, begin });
      return { interrupted: job.interrupted, result };
    } finally {
      clearTimeout(timer);
      leave?.();
      const isSlow = job.startedAt !== null && performance.now() - job.startedAt >= graceMs;
      if (isSlow) known.set(key, true);
      else known.delete(key);
      inQuick.delete(job);
      inSlow.delete(job);
      next();
    }
  }

  return {
    async run(share, signal, work) {
      for (;;) {
        const { interrupted, result } = await runOnce(share, signal, work);
        // From a slow slot, nothing is taken back.
        if (!interrupted) return result;
      }
    },
  };
}
