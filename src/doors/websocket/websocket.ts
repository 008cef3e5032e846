import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { CloseCode, handleProtocols } from 'graphql-ws';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { CrossSitePolicy } from '../cross-site.js';
import type { Hosts } from '../hosts.js';
import { refusalText } from '../http/refuse.js';
import { badRequest, SHUTTING_DOWN, type Problem } from '../problem.js';
import { LARGEST_READ_BYTES } from '../size.js';
import type { Admission } from '../http/connections.js';
import { closeAll } from './closing.js';
import { ClientSocket, Connection } from './connection.js';
import { credentialsInHeaders, endWithCredentials } from '../credentials.js';
import { createProtocol, type ProtocolOptions } from './protocol.js';

export interface WebSocketOptions extends ProtocolOptions {
  readonly path: string;
  readonly hosts: Hosts;
  readonly crossSite: CrossSitePolicy;
  /** Why there may not be one more connection, or null. */
  readonly admission: Admission;
  readonly log: Logger;
}

const PING_EVERY_MS = 12_000;

/** `graphql-transport-ws` on the HTTP server's port. Closing the server closes every socket with 1001, spread over time.
 * `open` counts them. */
export function registerWebSocket(
  app: FastifyInstance,
  { path, hosts, crossSite, admission, log, ...protocolOptions }: WebSocketOptions,
): { open(): number } {
  const sockets = new WebSocketServer({
    noServer: true,
    WebSocket: ClientSocket,
    maxPayload: LARGEST_READ_BYTES,
    perMessageDeflate: false,
    // One message of a socket, or ping, in each turn of the event loop: a peer can send thousands at once.
    allowSynchronousEvents: false,
    autoPong: false,
    handleProtocols,
  });
  const protocol = createProtocol(protocolOptions);
  const connections = new Set<Connection>();
  let closing = false;

  const pinging = setInterval(() => {
    for (const connection of connections) connection.ping();
  }, PING_EVERY_MS).unref();

  const looking = setInterval(() => {
    for (const connection of connections) connection.look();
  }, 1_000).unref();

  const stopLooking = endWithCredentials(
    connections,
    ({ identity }) => identity,
    (connection, reason) => connection.refuse(CloseCode.Forbidden, reason),
  );

  // What is wrong with a handshake is otherwise told as text.
  sockets.on('wsClientError', ({ message }, socket) => refuseUpgrade(socket, badRequest(`${message}.`)));

  app.server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    const problem = problemOf(request);
    if (problem) return refuseUpgrade(socket, problem);
    sockets.handleUpgrade(request, socket, head, opened);
  });

  /** Not a function inside another: it would keep the request as long as its connection. */
  function opened(socket: ClientSocket, { headers }: IncomingMessage): void {
    const connection = new Connection(socket, credentialsInHeaders(headers), log, forget);
    connections.add(connection);
    connection.open(protocol);
  }

  function forget(connection: Connection): void {
    connections.delete(connection);
  }

  /** Why an upgrade is refused, or null. */
  function problemOf(request: IncomingMessage): Problem | null {
    if (closing) return SHUTTING_DOWN;
    const problem = hosts.problemOf(request);
    if (problem) return problem;
    if (URL.parse(request.url ?? '', 'http://unused.invalid')?.pathname !== path) {
      return { status: 404, code: 'NOT_FOUND', message: `WebSockets are served at ${path}.` };
    }
    return crossSite.problemOf(request) ?? admission(request.socket);
  }

  app.addHook('preClose', async () => {
    closing = true;
    clearInterval(pinging);
    clearInterval(looking);
    stopLooking();
    await closeAll(connections);
    sockets.close();
  });

  return { open: () => connections.size };
}

function refuseUpgrade(socket: Duplex, problem: Problem): void {
  socket.once('error', () => socket.destroy());
  // Otherwise the socket stays half open: the HTTP server no longer manages it after an upgrade.
  socket.once('finish', () => socket.destroy());
  socket.end(refusalText(problem));
}
