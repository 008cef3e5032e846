import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { OutcomeUnknown } from '../../datasources/reports/ports.js';
import { storeUnavailable } from '../../errors.js';
import { patientDeadline } from '../../lib/patient-deadline.js';
import type { DamagedRow } from './entries.js';
import type { LedgerWriter } from './writer.js';
import {
  receivedError,
  type Call,
  type Message,
  type Reply,
  type WriterData,
  type WriterMethod,
} from './writer-messages.js';

/** The program of the thread, as it is built. */
export const WRITER_THREAD = join(import.meta.dirname, 'writer-thread.js');

export interface ThreadedWriterOptions {
  readonly thread: string | URL;
  /** Called for each row that cannot be read. */
  readonly onDamage: (row: DamagedRow) => void;
  /** How long a write may take, in milliseconds. */
  readonly patienceMs?: number;
}

/** A disk that takes longer has failed. A program that locks the ledger is given up after a second. */
const PATIENCE_MS = 30_000;

const LOOK_EVERY_MS = 2_000;

interface Waiting {
  /** By the monotonic clock, in milliseconds. */
  readonly since: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes on a thread of its own, which is started for the first write. If it ends or does not answer in time, it is not
 * replaced, since what it had to write last may be stored or not: whatever waits for it, and all that is to be written
 * later, fails with STORE_UNAVAILABLE, and the next start finds what is stored.
 */
export function openThreadedWriter(
  data: WriterData,
  { thread, onDamage, patienceMs = PATIENCE_MS }: ThreadedWriterOptions,
): LedgerWriter {
  const waiting = new Map<number, Waiting>();
  const arrived: Reply[] = [];
  let calls = 0;
  let worker: Worker | null = null;
  let fault: string | null = null;
  let closing = false;
  let looking: NodeJS.Timeout | undefined;
  let overdue = 0;

  /** What is overdue twice in a row: this process may have been frozen, and has then to read what has arrived first. */
  function look(): void {
    const [id, oldest] = waiting.entries().next().value ?? [0];
    const isOverdue = oldest !== undefined && performance.now() - oldest.since >= patienceMs;
    if (isOverdue && id === overdue)
      end(`The thread that writes to the ledger did not answer for ${Math.round(patienceMs / 1_000)} s.`);
    overdue = isOverdue ? id : 0;
  }

  function end(reason: string): void {
    fault ??= reason;
    clearInterval(looking);
    for (const reply of arrived) settle(reply);
    for (const { reject } of waiting.values()) reject(storeUnavailable(new OutcomeUnknown(reason)));
    waiting.clear();
    void worker?.terminate();
  }

  function onMessage(message: Message): void {
    if ('damaged' in message) return onDamage(message.damaged);
    const idle = arrived.length === 0;
    arrived.push(...message.replies);
    if (idle) settleNext();
  }

  /** One in a turn of the event loop: what follows from all writes of a transaction would otherwise stop everything else. */
  function settleNext(): void {
    const [reply] = arrived;
    if (!reply) return;
    settle(reply);
    setImmediate(() => {
      arrived.shift();
      settleNext();
    });
  }

  function settle(reply: Reply): void {
    const { resolve, reject } = waiting.get(reply.id) ?? {};
    if ('error' in reply) reject?.(receivedError(reply.error));
    else resolve?.(reply.result);
  }

  /** Without the options of this process: what is preloaded into it is not meant for the thread. */
  function start(): Worker {
    looking = setInterval(look, LOOK_EVERY_MS).unref();
    return new Worker(thread, { workerData: data, execArgv: [], name: 'ledger' })
      .on('message', onMessage)
      .on('messageerror', ({ message }) => end(`What the thread that writes to the ledger said is lost: ${message}`))
      .on('error', (error: unknown) => end(`The thread that writes to the ledger failed: ${String(error)}`))
      .on('exit', () => end('The thread that writes to the ledger has ended.'));
  }

  /** Throws STORE_UNAVAILABLE, and is not tried again: a system that has no threads left has other troubles, too. */
  function started(): Worker {
    try {
      return start();
    } catch (error) {
      fault = `The thread that writes to the ledger could not be started: ${String(error)}`;
      clearInterval(looking);
      throw storeUnavailable(new Error(fault));
    }
  }

  async function call(method: WriterMethod, ...args: readonly unknown[]): Promise<unknown> {
    if (fault !== null) throw storeUnavailable(new Error(fault));
    const id = ++calls;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const to = (worker ??= started());
    waiting.set(id, { since: performance.now(), resolve, reject });
    // Only what waits for it keeps the process: a ledger that is not closed does not.
    to.ref();
    try {
      to.postMessage({ id, method, args } satisfies Call);
      return await promise;
    } catch (error) {
      throw error instanceof DOMException ? storeUnavailable(error) : error;
    } finally {
      waiting.delete(id);
      if (waiting.size === 0 && !closing) to.unref();
    }
  }

  const remote = <M extends WriterMethod>(method: M): LedgerWriter[M] =>
    ((...args: readonly unknown[]) => call(method, ...args)) as LedgerWriter[M];

  return {
    commit: remote('commit'),
    commitAs: remote('commitAs'),
    setBuying: remote('setBuying'),
    addSaved: remote('addSaved'),
    trust: remote('trust'),
    prune: remote('prune'),
    pruneCharges: remote('pruneCharges'),
    prunePurchases: remote('prunePurchases'),
    learn: remote('learn'),
    looked: remote('looked'),
    ping: remote('ping'),
    answer: remote('answer'),
    fault: () => fault,
    async close() {
      closing = true;
      if (!worker || fault !== null) return;
      const deadline = patientDeadline(patienceMs);
      const exited = once(worker, 'exit', { signal: deadline.signal });
      await Promise.all([call('close'), exited]).catch(() => undefined);
      deadline.close();
    },
  };
}
