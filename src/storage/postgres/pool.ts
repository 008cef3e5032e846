import pg, { type PoolClient } from 'pg';
import { OutcomeUnknown } from '../../datasources/reports/ports.js';
import { abortable } from '../../lib/abortable.js';
import { delay } from '../../lib/delay.js';
import { patientDeadline } from '../../lib/patient-deadline.js';
import { createSlots } from '../../lib/slots.js';
import { Client, type ClientOptions } from './client.js';
import { isFull, isOfAnotherServer, isRefusal } from './failures.js';

/**
 * Connections of which each wait ends with a signal. The driver has time limits of its own, which are not used: its timers
 * run before sockets are read, so a process that was busy would throw away answers that have arrived.
 */
export interface BoundedPool {
  /** Throws what the server says. If it said nothing to a statement that may have reached it: `OutcomeUnknown`. */
  run<T>(signal: AbortSignal, work: (client: PoolClient) => Promise<T>): Promise<T>;
  /** The same for several statements; throws what `work` throws, or the reason of the signal. */
  hold<T>(signal: AbortSignal, work: (client: PoolClient) => Promise<T>): Promise<T>;
  end(): Promise<void>;
}

/** A connection that is not made by then is given up, and its place is free for another. */
const CONNECT_MS = 2_000;
/** After which a server that has no connection left is asked for one again. */
const FULL_PAUSE_MS = 250;

class BoundedClient extends Client {
  constructor(options: ClientOptions = {}) {
    super(options);
    const deadline = patientDeadline(CONNECT_MS);
    deadline.signal.addEventListener(
      'abort',
      () => this.connection.stream.destroy(new Error('The database did not answer in time.')),
      { once: true },
    );
    this.once('connect', () => deadline.close());
    this.once('end', () => deadline.close());
    // One that breaks while somebody has it fails what is asked of it; without a listener, it would end the process.
    this.on('error', () => undefined);
  }
}

export function openPool(
  url: string,
  max: number,
  options: Pick<pg.PoolConfig & ClientOptions, 'idleTimeoutMillis' | 'passwordFile'> = {},
): BoundedPool {
  const pool = new pg.Pool({ ...options, connectionString: url, max, keepAlive: true, Client: BoundedClient });
  // An idle connection that breaks is replaced when one is needed.
  pool.on('error', () => undefined);
  const slots = createSlots(max);

  /** A connection, and what gives it back; `isBroken` ends it. */
  async function take(signal: AbortSignal): Promise<readonly [PoolClient, (isBroken?: boolean) => void]> {
    const giveBack = await slots.take(signal);
    let refusal: unknown = null;
    for (;;) {
      const wanted = pool.connect();
      try {
        const client = await abortable(wanted, signal);
        return [
          client,
          (isBroken) => {
            client.release(isBroken);
            giveBack();
          },
        ];
      } catch (error) {
        if (isFull(error)) refusal = error;
        // One that this process has may be free before the server allows another.
        if (isFull(error) && (await waited(signal))) continue;
        void wanted
          .then((client) => client.release())
          .finally(giveBack)
          .catch(() => undefined);
        throw refusal ?? error;
      }
    }
  }

  return {
    async run(signal, work) {
      const [client, release] = await take(signal);
      try {
        const result = await abortable(work(client), signal);
        release();
        return result;
      } catch (error) {
        const refused = isRefusal(error);
        release(!refused || isOfAnotherServer(error));
        throw refused ? error : new OutcomeUnknown('The connection was lost before the answer came.', { cause: error });
      }
    },

    async hold(signal, work) {
      const [client, release] = await take(signal);
      try {
        return await abortable(work(client), signal);
      } finally {
        release(signal.aborted);
      }
    },

    end: () => pool.end(),
  };
}

/** Whether there is still time to try again. */
function waited(signal: AbortSignal): Promise<boolean> {
  return delay(FULL_PAUSE_MS, signal).then(
    () => true,
    () => false,
  );
}
