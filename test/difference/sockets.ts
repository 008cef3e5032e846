import { once } from 'node:events';
import { WebSocket } from 'ws';

/** The WebSockets of one server, one for each client. */
export interface Sockets {
  /** Sends a request, written as it is, and resolves to the text of all messages until it is over. */
  send(params: object | null, payload: string): Promise<string>;
  close(): void;
}

interface Connection {
  readonly socket: WebSocket;
  /** The next message, or why there will be none. */
  next(): Promise<string>;
}

/** The id of every operation: the messages of both servers have the same. */
const ID = '1';

export function openSockets(url: string): Sockets {
  const open = new Map<string, Promise<Connection>>();

  async function connect(params: object | null): Promise<Connection> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws');
    const connection = { socket, next: messagesOf(socket) };
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', ...(params && { payload: params }) }));
    await connection.next();
    return connection;
  }

  async function connectionOf(params: object | null): Promise<Connection> {
    const key = JSON.stringify(params);
    const present = await open.get(key);
    if (present?.socket.readyState === WebSocket.OPEN) return present;
    const connecting = connect(params);
    open.set(key, connecting);
    return connecting;
  }

  return {
    async send(params, payload) {
      const { socket, next } = await connectionOf(params);
      const messages: string[] = [];
      socket.send(`{"id":"${ID}","type":"subscribe","payload":${payload}}`);
      do messages.push(await next());
      while (/"type":"next"/.test(messages.at(-1) ?? ''));
      return messages.join('\n');
    },
    close() {
      for (const connecting of open.values()) void connecting.then(({ socket }) => socket.terminate());
    },
  };
}

function messagesOf(socket: WebSocket): Connection['next'] {
  const messages: string[] = [];
  /** Why there are no more of them. */
  const over: string[] = [];
  let tell = (): void => undefined;
  socket.on('message', (data: Buffer) => {
    messages.push(data.toString());
    tell();
  });
  socket.once('close', (code, reason) => {
    over.push(`closed with ${code} ${String(reason)}`);
    tell();
  });
  socket.on('error', () => undefined);
  return async () => {
    while (messages.length === 0 && over.length === 0) await new Promise<void>((resolve) => (tell = resolve));
    return messages.shift() ?? over[0] ?? '';
  };
}
