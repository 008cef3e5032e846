import { CloseCode, type Server, type WebSocket as ProtocolSocket } from 'graphql-ws';
import type { Logger } from 'pino';
import { WebSocket, type RawData } from 'ws';
import type { Credentials, Identity } from '../../graphql/authentication/authenticate.js';
import { NO_CREDENTIALS } from '../credentials.js';
import type { Problem } from '../problem.js';
import { TOO_LARGE } from '../size.js';
import { decodeUtf8 } from '../utf8.js';
import { createOperationIds, type OperationIds } from './operation-ids.js';
import type { SocketExtra } from './protocol.js';
import { SocketOperations } from './socket-operations.js';

/** Limit of unsent data per peer: far more than a peer that reads ever needs. */
const MOST_UNSENT_BYTES = 1024 * 1024;
const INIT_WITHIN_SECONDS = 5;
/** The close code of WebSocket itself for it. */
const MESSAGE_TOO_BIG = 1009;

type Closed = ReturnType<Server<SocketExtra>['opened']>;

/** A socket that knows whose it is, so that its listeners need not be functions of their own. */
export class ClientSocket extends WebSocket {
  connection: Connection | null = null;
}

/** One open socket, as graphql-ws speaks on it. There may be thousands, which wait: so it has hardly anything of its own. */
export class Connection implements SocketExtra, ProtocolSocket {
  readonly operations = new SocketOperations();
  identity: Identity | null = null;
  readonly #ids: OperationIds = createOperationIds();
  #credentials: Credentials;
  #receive: ((message: string) => Promise<void>) | null = null;
  #closed: Closed = async () => undefined;
  #onClose: (connection: Connection) => void;
  /** Whether the last ping is still unanswered. */
  #silent = false;
  /** How often it was looked at since the next ping was due meanwhile; null: it is not overdue. */
  #overdueLooks: number | null = null;
  #initialised = false;
  #looks = 0;

  /** `onClose` is called when the socket has closed. */
  constructor(
    readonly socket: ClientSocket,
    credentials: Credentials,
    private readonly log: Logger,
    onClose: (connection: Connection) => void,
  ) {
    this.#credentials = credentials;
    this.#onClose = onClose;
  }

  get protocol(): string {
    return this.socket.protocol;
  }

  /** Speaks the protocol until the socket closes. */
  open(protocol: Server<SocketExtra>): void {
    const { socket } = this;
    socket.connection = this;
    this.#closed = protocol.opened(this, this);
    socket.on('message', onMessage).on('ping', onPing).on('pong', onPong).on('error', onError).on('close', onClose);
  }

  credentials(): Credentials {
    const credentials = this.#credentials;
    this.#initialised = true;
    this.#credentials = NO_CREDENTIALS;
    return credentials;
  }

  /**
   * Called every second. Closes the socket of a peer that does not initialise the connection, and disconnects one that does not answer
   * pings: not at once when the next is due, since a process that was frozen or busy has not read yet what has arrived.
   */
  look(): void {
    if (this.#overdueLooks !== null && ++this.#overdueLooks > 1) return this.terminate();
    if (this.#initialised || ++this.#looks <= INIT_WITHIN_SECONDS) return;
    this.socket.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
  }

  /** Notes that a peer has not answered the last ping, or sends the next. */
  ping(): void {
    if (this.#silent) {
      this.#overdueLooks ??= 0;
      return;
    }
    this.#silent = true;
    this.socket.ping();
  }

  pinged(data: Buffer): void {
    if (this.#canSend()) this.socket.pong(data);
  }

  answeredPing(): void {
    this.#silent = false;
    this.#overdueLooks = null;
  }

  /** ws closes the socket itself, with the matching code (such as 1009 for a frame that is too large). */
  failed(error: Error): void {
    this.log.info({ cause: error.message }, 'a WebSocket failed');
  }

  closed(code: number, reason: string): void {
    this.#onClose(this);
    this.operations.endAllWaits('The socket was closed.');
    this.#closed(code, reason).catch((error: unknown) =>
      this.log.error({ err: error }, 'a WebSocket did not close cleanly'),
    );
  }

  /** Ends a connection that is not, or no longer, somebody's. A reason has at most 123 bytes. */
  refuse(code: number, reason: string): void {
    this.log.info({ code, reason, client: this.identity?.client.name ?? null }, 'a WebSocket was refused');
    this.socket.close(code, reason);
  }

  terminate(): void {
    this.socket.terminate();
  }

  onMessage(receive: (message: string) => Promise<void>): void {
    this.#receive = receive;
  }

  close(code?: number, reason = ''): void {
    this.socket.close(code, this.#ids.reason(reason));
  }

  /** Not an async function, whose state would wait as long as an operation runs. */
  receive(data: RawData): void {
    try {
      this.#read(data)?.catch((error: unknown) => this.#unhandled(error));
    } catch (error) {
      this.#unhandled(error);
    }
  }

  /** Resolves when the operation that the message starts is over. */
  #read(data: RawData): Promise<void> | undefined {
    const { socket, operations } = this;
    // What was sent before the peer knew that the socket is being closed.
    if (socket.readyState !== socket.OPEN) return undefined;
    const text = textOf(data);
    // ws has checked text frames; a binary one is read as text, too.
    if (text === null) {
      socket.close(CloseCode.BadRequest, 'Invalid message received: it is not UTF-8');
      return undefined;
    }
    const { message, completed, started, problem } = this.#ids.incoming(text);
    if (problem) {
      socket.close(closeCodeOf(problem), problem.message);
      return undefined;
    }
    if (started) operations.announce(started.operation, started.asked);
    if (completed !== null) operations.endWaits(completed, 'The client completed the operation.');
    return this.#receive?.(message);
  }

  #unhandled(error: unknown): void {
    const { socket, log } = this;
    if (isBadMessage(error)) return socket.close(CloseCode.BadRequest, 'Invalid message received');
    if (socket.readyState === socket.OPEN) log.error({ err: error }, 'failed to handle a WebSocket message');
    socket.close(CloseCode.InternalServerError, 'Internal server error');
  }

  /** Resolves when the data has been handed to the network; the next event for this peer waits for that. */
  async send(data: string): Promise<void> {
    const { socket } = this;
    const message = this.#ids.outgoing(data);
    if (message === null || !this.#canSend()) return;
    // A failed send closes the socket, which ends its subscriptions; there is nothing else to do.
    await new Promise<void>((resolve) => socket.send(message, () => resolve()));
  }

  /** Disconnects a peer that does not read. */
  #canSend(): boolean {
    const { socket } = this;
    if (socket.bufferedAmount > MOST_UNSENT_BYTES) socket.terminate();
    return socket.readyState === socket.OPEN;
  }
}

function connectionOf(socket: WebSocket): Connection | null {
  return socket instanceof ClientSocket ? socket.connection : null;
}

function onMessage(this: WebSocket, data: RawData): void {
  connectionOf(this)?.receive(data);
}

function onPing(this: WebSocket, data: Buffer): void {
  connectionOf(this)?.pinged(data);
}

function onPong(this: WebSocket): void {
  connectionOf(this)?.answeredPing();
}

function onError(this: WebSocket, error: Error): void {
  connectionOf(this)?.failed(error);
}

function onClose(this: WebSocket, code: number, reason: Buffer): void {
  connectionOf(this)?.closed(code, String(reason));
}

/** Of a message that is about no operation. */
function closeCodeOf(problem: Problem): number {
  return problem === TOO_LARGE ? MESSAGE_TOO_BIG : CloseCode.BadRequest;
}

function textOf(data: RawData): string | null {
  return decodeUtf8(Array.isArray(data) ? Buffer.concat(data) : new Uint8Array(data));
}

/** A message type that only servers may send, which graphql-ws leaves to the adapter. */
function isBadMessage(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Unexpected message of type');
}
