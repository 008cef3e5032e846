import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { delay } from '../../lib/delay.js';
import { Client } from './client.js';
import type { Database } from './connections.js';

/** `[report id, type, version]`, and of a poll its progress. Or that buying was stopped or allowed. */
export type Message = readonly unknown[];

/** What processes tell each other: quick, and perhaps lost. */
export interface Notifications {
  /** Tells the other processes, soon; after the commit, in a statement of its own: one that notifies waits for the disk alone. */
  send(message: Message): void;
  /** Resolves once messages are received: false if none comes within `timeoutMs`, as behind some poolers. */
  probe(timeoutMs: number): Promise<boolean>;
  /** Why there was no connection at the last attempt; null if there was one. */
  failure(): Error | null;
  /** Why the last messages could not be sent; null if they could. */
  sendingFailure(): unknown;
  close(): Promise<void>;
}

export interface NotificationOptions {
  readonly database: Database;
  /** The URL of the connection on which is listened: a pooler between may swallow notifications. */
  readonly listenUrl: string;
  readonly passwordFile: string | null;
  readonly onMessage: (message: Message) => void;
  /** Called whenever there is a connection anew: what was sent before it may be lost. */
  readonly onConnected: () => void;
}

/** PostgreSQL takes 8,000 bytes at most. */
const MOST_BYTES = 7_500;
const RECONNECT_MS = 200;
const CONNECT_MS = 2_000;
const PROBE_EVERY_MS = 50;
/** Each process hears itself so often at least. */
const BEAT_EVERY_MS = 3_000;
/** A connection on which nothing was heard for so long is replaced: it may be lost without a sign. */
const LONGEST_SILENCE_MS = 10_000;
const LONGEST_GOODBYE_MS = 500;

export function openNotifications(options: NotificationOptions): Notifications {
  const { database, listenUrl, passwordFile, onMessage, onConnected } = options;
  const channel = `jobalyzer_${database.schemaName}`;
  const sender = randomUUID();
  const probed = Promise.withResolvers<void>();
  /** The present one, or the one that is being made. */
  let client: ListeningClient | null = null;
  let heardAt = 0;
  let failure: Error | null = null;
  const outgoing: string[] = [];
  let isSending = false;
  let sendingFailure: unknown = null;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  function receive({ payload }: pg.Notification): void {
    heardAt = performance.now();
    const envelope = readEnvelope(payload);
    if (envelope?.from === sender) return probed.resolve();
    for (const message of envelope?.messages ?? []) onMessage(message);
  }

  async function connect(): Promise<void> {
    const next = new ListeningClient({
      connectionString: listenUrl,
      passwordFile,
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_MS,
    });
    client = next;
    heardAt = performance.now();
    next.on('error', () => undefined);
    next.on('end', () => {
      if (!isClosed) timer = setTimeout(() => void connect(), RECONNECT_MS).unref();
    });
    next.on('notification', receive);
    try {
      await next.connect();
      await next.query(`LISTEN ${channel}`);
      failure = null;
      onConnected();
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      // Its end is followed by another attempt.
      void next.end().catch(() => undefined);
    }
  }

  const beat = setInterval(() => {
    if (performance.now() - heardAt > LONGEST_SILENCE_MS) client?.cut();
    else send([]);
  }, BEAT_EVERY_MS).unref();

  async function sendAll(): Promise<void> {
    while (outgoing.length > 0) {
      const payloads = payloadsOf(sender, outgoing.splice(0));
      await database.rows('SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload', [channel, payloads]).then(
        () => (sendingFailure = null),
        // Whoever waits for it reads it a little later.
        (error: unknown) => (sendingFailure = error),
      );
    }
    isSending = false;
  }

  function send(message: Message): void {
    outgoing.push(JSON.stringify(message));
    if (isSending) return;
    isSending = true;
    setImmediate(() => void sendAll());
  }

  void connect();
  return {
    send,
    failure: () => failure,
    sendingFailure: () => sendingFailure,

    async probe(timeoutMs) {
      const sending = setInterval(() => send([]), PROBE_EVERY_MS);
      const bound = new AbortController();
      const late = delay(timeoutMs, bound.signal).then(
        () => false,
        () => false,
      );
      const found = await Promise.race([probed.promise.then(() => true), late]);
      clearInterval(sending);
      bound.abort();
      return found;
    },

    async close() {
      isClosed = true;
      clearTimeout(timer);
      clearInterval(beat);
      const bound = setTimeout(() => client?.cut(), LONGEST_GOODBYE_MS);
      await client?.end().catch(() => undefined);
      clearTimeout(bound);
    },
  };
}

class ListeningClient extends Client {
  /** Ends the connection although the other side may say nothing any more. */
  cut(): void {
    this.connection.stream.destroy();
  }
}

interface Envelope {
  readonly from: string;
  readonly messages: readonly Message[];
}

/** Null: somebody else has sent it, or a release whose messages are others. What is followed is read again anyway. */
function readEnvelope(payload = ''): Envelope | null {
  try {
    const { from, messages } = JSON.parse(payload) as Partial<Envelope>;
    return typeof from === 'string' && messages?.every(Array.isArray) ? { from, messages } : null;
  } catch {
    return null;
  }
}

/** As few notifications as these messages fit into. */
function payloadsOf(sender: string, messages: readonly string[]): readonly string[] {
  const parts: string[][] = [[]];
  let bytes = 0;
  for (const message of messages) {
    const length = Buffer.byteLength(message) + 1;
    if (bytes + length > MOST_BYTES) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(message);
    bytes += length;
  }
  return parts.map((part) => `{"from":"${sender}","messages":[${part.join(',')}]}`);
}
