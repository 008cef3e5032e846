import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { handleProtocols } from 'graphql-ws';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { CrossSitePolicy } from '../cross-site.js';
import { closeAll } from './closing.js';
import { Connection } from './connection.js';
import { createProtocol, type ProtocolOptions } from './protocol.js';

export interface WebSocketOptions extends ProtocolOptions {
  readonly path: string;
  readonly crossSite: CrossSitePolicy;
  readonly log: Logger;
}

const LARGEST_FRAME_BYTES = 64 * 1024;
const PING_EVERY_MS = 12_000;

/** `graphql-transport-ws` on the HTTP server's port. Closing the server closes every socket with 1001, spread over time. */
export function registerWebSocket(
  app: FastifyInstance,
  { path, crossSite, log, ...protocolOptions }: WebSocketOptions,
): void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols,
  });
  const protocol = createProtocol(protocolOptions);
  const connections = new Set<Connection>();
  let closing = false;

  const pinging = setInterval(() => {
    for (const connection of connections) connection.ping();
  }, PING_EVERY_MS).unref();

  app.server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    const problem = problemOf(request);
    if (problem) return refuseUpgrade(socket, problem);
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = new Connection(webSocket, request.headers, log);
      connections.add(connection);
      connection.open(protocol, () => connections.delete(connection));
    });
  });

  /** The status line for an upgrade that is refused, or null. */
  function problemOf({ url, headers }: IncomingMessage): string | null {
    if (closing) return '503 Service Unavailable';
    if (URL.parse(url ?? '', 'http://unused.invalid')?.pathname !== path) return '404 Not Found';
    return crossSite.allowsOrigin(headers) ? null : '403 Forbidden';
  }

  app.addHook('preClose', async () => {
    closing = true;
    clearInterval(pinging);
    await closeAll(connections);
    sockets.close();
  });
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.once('error', () => socket.destroy());
  // Otherwise the socket stays half open: the HTTP server no longer manages it after an upgrade.
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
