import type { Socket } from 'node:net';

/** When all connections are in use, so many more may be open, for health checks and for a clear refusal. */
const SPARE = 8;

/**
 * Counts open connections, whatever they are used for. One is in use while it has a complete request without its response,
 * an event stream or a WebSocket. If there are too many, the one that has been out of use for the longest time is closed:
 * those who send slowly or nothing push each other out, and nobody else.
 */
export class ConnectionLimit {
  /** Open and out of use; the first one for the longest time. */
  readonly #unused = new Set<Socket>();
  readonly #used = new Set<Socket>();

  /** For all sockets, each of which is `this` in turn. */
  readonly #onClose: (this: Socket) => void;

  constructor(
    private readonly most: number,
    private readonly onClosed: () => void = () => {},
  ) {
    const [unused, used] = [this.#unused, this.#used];
    this.#onClose = function () {
      unused.delete(this);
      used.delete(this);
    };
  }

  /** A new connection. It is counted until it closes. */
  add(socket: Socket): void {
    this.#unused.add(socket);
    socket.on('close', this.#onClose);
    if (this.#unused.size <= Math.max(this.most - this.#used.size, Math.min(SPARE, this.most))) return;
    const [longest] = this.#unused;
    if (!longest) return;
    // Its `close` comes later.
    this.#unused.delete(longest);
    longest.destroy();
    this.onClosed();
  }

  /** Marks the connection as in use. False: it is not, because too many are. */
  use(socket: Socket): boolean {
    if (this.#used.has(socket)) return true;
    if (this.#used.size >= this.most) return false;
    // It may have been closed meanwhile; then it is no longer counted.
    if (this.#unused.delete(socket)) this.#used.add(socket);
    return true;
  }

  release(socket: Socket): void {
    if (this.#used.delete(socket)) this.#unused.add(socket);
  }
}
