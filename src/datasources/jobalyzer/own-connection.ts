import type { Socket } from 'node:net';
import { Client, type buildConnector, type Dispatcher } from 'undici';
import { onAbort } from '../../lib/on-abort.js';

/** A connection that is open before it is known whether its one request will be sent. */
interface OwnConnection {
  /** For the request. If the peer has closed the connection by then, it is sent over a new one. */
  readonly dispatcher: Dispatcher;
  close(): void;
}

interface OwnConnections {
  /** Resolves to why there is no connection, if there is none. Rejects with the signal's reason if that comes first. */
  open(signal: AbortSignal): Promise<OwnConnection | Error>;
  /** Closes those that are open. There are none afterwards. */
  close(): void;
}

/** Connections to `origin` that are made by `connect`, and closed after one request. */
export function createOwnConnections(
  origin: string,
  connect: buildConnector.connector,
  options: Client.Options,
): OwnConnections {
  const { host, hostname, protocol, port } = new URL(origin);
  // As undici asks for it.
  const target = { host, hostname: hostname.replace(/^\[|\]$/g, ''), protocol, port };
  const opened = new Set<OwnConnection>();
  let closed = false;

  function hold(socket: Socket): OwnConnection {
    let unused: Socket | null = socket;
    const client = new Client(origin, {
      ...options,
      pipelining: 0,
      connect(asked, settle) {
        const given = unused;
        unused = null;
        // Half-closed by the peer, it could still be written to. undici closes it, and asks for another, if anything was sent unasked.
        if (given?.readyState !== 'open') {
          given?.destroy();
          return connect(asked, settle);
        }
        // undici ignores what it is given before it has finished asking.
        queueMicrotask(() => settle(null, given));
      },
    });
    const connection = {
      dispatcher: client,
      close() {
        opened.delete(connection);
        unused?.destroy();
        void client.destroy();
      },
    };
    opened.add(connection);
    return connection;
  }

  return {
    open: (signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        if (closed) return resolve(isClosed());
        const leave = onAbort(signal, () => reject(signal.reason as Error));
        connect(target, (error, socket) => {
          if (error) {
            leave();
            return resolve(error);
          }
          if (signal.aborted) return void socket.destroy();
          leave();
          if (!closed) return resolve(hold(socket));
          socket.destroy();
          resolve(isClosed());
        });
      }),
    close() {
      closed = true;
      for (const connection of opened) connection.close();
    },
  };
}

function isClosed(): Error {
  return new Error('The connections are closed.');
}
