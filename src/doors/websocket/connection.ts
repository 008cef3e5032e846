import type { IncomingHttpHeaders } from 'node:http';
import { CloseCode, type Server } from 'graphql-ws';
import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import type { Identity } from '../../graphql/authentication/authenticate.js';
import type { Problem } from '../problem.js';
import { TOO_LARGE } from '../size.js';
import { decodeUtf8 } from '../utf8.js';
import { createOperationIds, type OperationIds } from './operation-ids.js';
import type { SocketExtra } from './protocol.js';
import { SocketOperations } from './socket-operations.js';

/** Limit of unsent data per peer: far more than a peer that reads ever needs. */
const MOST_UNSENT_BYTES = 1024 * 1024;
/** The close code of WebSocket itself for it. */
const MESSAGE_TOO_BIG = 1009;

/** One open socket. */
export class Connection implements SocketExtra {
  readonly operations = new SocketOperations();
  identity: Identity | null = null;
  readonly #ids: OperationIds = createOperationIds();
  /** Whether the last ping is still unanswered. */
  #silent = false;

  constructor(
    readonly socket: WebSocket,
    readonly headers: IncomingHttpHeaders,
    private readonly log: Logger,
  ) {}

  /** Speaks the protocol until the socket closes; then `onClose` is called. */
  open(protocol: Server<SocketExtra>, onClose: () => void): void {
    const { socket, log } = this;
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) => this.#send(data),
        close: (code, reason = '') => socket.close(code, this.#ids.reason(reason)),
        onMessage: (receive) => void socket.on('message', (data: RawData) => void this.#receive(data, receive)),
      },
      this,
    );
    socket.on('ping', (data) => this.#canSend() && socket.pong(data));
    socket.on('pong', () => (this.#silent = false));
    // ws closes the socket itself, with the matching code (such as 1009 for a frame that is too large).
    socket.on('error', (error) => log.info({ cause: error.message }, 'a WebSocket failed'));
    socket.once('close', (code, reason) => {
      onClose();
      this.operations.endAllWaits('The socket was closed.');
      closed(code, String(reason)).catch((error: unknown) =>
        log.error({ err: error }, 'a WebSocket did not close cleanly'),
      );
    });
  }

  /** Disconnects a peer that has not answered the last ping. */
  ping(): void {
    if (this.#silent) return this.terminate();
    this.#silent = true;
    this.socket.ping();
  }

  /** Ends a connection that is not, or no longer, somebody's. A reason has at most 123 bytes. */
  refuse(code: number, reason: string): void {
    this.log.info({ code, reason, client: this.identity?.client.name ?? null }, 'a WebSocket was refused');
    this.socket.close(code, reason);
  }

  terminate(): void {
    this.socket.terminate();
  }

  async #receive(data: RawData, receive: (message: string) => Promise<void>): Promise<void> {
    const { socket, log } = this;
    // What was sent before the peer knew that the socket is being closed.
    if (socket.readyState !== socket.OPEN) return;
    try {
      const text = textOf(data);
      // ws has checked text frames; a binary one is read as text, too.
      if (text === null) return socket.close(CloseCode.BadRequest, 'Invalid message received: it is not UTF-8');
      const { message, completed, problem } = this.#ids.incoming(text);
      if (problem?.operation === null) return socket.close(closeCodeOf(problem.why), problem.why.message);
      if (problem) this.operations.refuse(problem.operation, problem.why);
      if (completed !== null) this.operations.endWaits(completed, 'The client completed the operation.');
      await receive(message);
    } catch (error) {
      if (isBadMessage(error)) return socket.close(CloseCode.BadRequest, 'Invalid message received');
      if (socket.readyState === socket.OPEN) log.error({ err: error }, 'failed to handle a WebSocket message');
      socket.close(CloseCode.InternalServerError, 'Internal server error');
    }
  }

  /** Resolves when the data has been handed to the network; the next event for this peer waits for that. */
  async #send(data: string): Promise<void> {
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
