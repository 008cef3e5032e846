import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/** One connection through a proxy. */
export interface Passage {
  readonly client: Socket;
  readonly server: Socket;
}

export interface ProxyOptions {
  /** The port of 127.0.0.1 that it leads to, asked for each connection. */
  readonly port: () => number;
  readonly host?: string;
  /** What arrives at the client of what the server sends; null: nothing. @default all of it */
  readonly toClient?: (data: Buffer, passage: Passage) => Buffer | null;
  /** Sees what the client sends, before the server does. */
  readonly toServer?: (data: Buffer, passage: Passage) => void;
  /** Holds new connections until this resolves: they are accepted, and nothing arrives. */
  readonly held?: () => Promise<void> | undefined;
}

export interface Proxy {
  readonly port: number;
  /** Ends all connections; new ones are accepted. */
  disconnect(): void;
  close(): Promise<void>;
}

/** Passes TCP connections on, except for what it is told to keep back. */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const open = new Set<Passage>();
  const server = createServer((client) => {
    const upstream = connect({ port: options.port(), host: options.host ?? '127.0.0.1' });
    const passage = { client, server: upstream };
    open.add(passage);
    const end = (): void => {
      open.delete(passage);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) socket.setNoDelay().on('error', end).on('close', end);
    const begin = (): void => {
      client.on('data', (data) => {
        options.toServer?.(data, passage);
        upstream.write(data);
      });
    };
    const held = options.held?.();
    if (held) void held.then(begin);
    else begin();
    upstream.on('data', (data) => {
      const kept = options.toClient ? options.toClient(data, passage) : data;
      if (kept) client.write(kept);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const disconnect = (): void => {
    for (const { client, server } of open) {
      client.destroy();
      server.destroy();
    }
  };
  return {
    port: (server.address() as AddressInfo).port,
    disconnect,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        disconnect();
      }),
  };
}
