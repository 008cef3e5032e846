import { maxHeaderSize, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { badRequest, type Problem } from '../problem.js';
import { refusalText } from './refuse.js';

/** How long a client may take to read why its connection is being closed, in milliseconds. */
const LAST_READ_MS = 2_000;

export interface ClientErrors {
  /** Answers what Node cannot read as a request, or what does not arrive in time. */
  answer(error: NodeJS.ErrnoException, socket: Socket): void;
  watch(server: Server): void;
}

export function createClientErrors(): ClientErrors {
  const latest = new WeakMap<Socket, ServerResponse>();
  const answered = new WeakSet<Socket>();

  return {
    watch: (server) => void server.on('request', ({ socket }, response) => latest.set(socket, response)),

    answer(error, socket) {
      // What it still sends is no request either.
      if (answered.has(socket)) return;
      const response = latest.get(socket);
      // It is being answered, or was refused before it had arrived.
      const served = response?.headersSent && !(response.writableFinished && response.req.complete);
      if (served || !socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
      answered.add(socket);
      // Not destroyed at once: that would reset the connection before a client that still sends has read this.
      socket.end(refusalText(problemOf(error)));
      socket.once('end', () => socket.destroy());
      setTimeout(() => socket.destroy(), LAST_READ_MS).unref();
    },
  };
}

function problemOf({ code }: NodeJS.ErrnoException): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return badRequest(`The URL and the headers must be at most ${maxHeaderSize} bytes large; a POST has a body.`, 431);
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return badRequest('The request did not arrive in time.', 408);
  return badRequest('The request is not valid HTTP.');
}
