import { maxHeaderSize, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { badRequest, type Problem } from '../problem.js';
import { refusalText } from './refuse.js';

/** How long a client may take to read why its connection is being closed, in milliseconds. */
const LAST_READ_MS = 2_000;
/**
 * How long what has arrived in time may take to be read. Timers run before sockets are read: a process that was frozen or
 * busy would otherwise refuse requests that wait in their sockets.
 */
const CATCH_UP_MS = 2_000;
const TOO_LATE = 'ERR_HTTP_REQUEST_TIMEOUT';

export interface ClientErrors {
  /** Answers what Node cannot read as a request, or what does not arrive in time. */
  answer(error: NodeJS.ErrnoException, socket: Socket): void;
  watch(server: Server): void;
}

export function createClientErrors(): ClientErrors {
  const latest = new WeakMap<Socket, ServerResponse>();
  const answered = new WeakSet<Socket>();
  const upgraded = new WeakSet<Socket>();

  function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
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
  }

  /** Unless the request is read after all. */
  async function refuseLate(error: NodeJS.ErrnoException, socket: Socket): Promise<void> {
    const before: IncomingMessage | undefined = latest.get(socket)?.req;
    const wasComplete = before?.complete === true;
    await delay(CATCH_UP_MS, undefined, { ref: false });
    const now = latest.get(socket)?.req;
    const isComplete = now?.complete === true && (now !== before || !wasComplete);
    if (!isComplete && !upgraded.has(socket)) refuse(error, socket);
  }

  return {
    watch(server) {
      server.on('request', ({ socket }, response) => latest.set(socket, response));
      server.on('upgrade', ({ socket }) => upgraded.add(socket));
    },

    answer(error, socket) {
      if (error.code === TOO_LATE) void refuseLate(error, socket);
      else refuse(error, socket);
    },
  };
}

function problemOf({ code }: NodeJS.ErrnoException): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return badRequest(`The URL and the headers must be at most ${maxHeaderSize} bytes large; a POST has a body.`, 431);
  }
  if (code === TOO_LATE) return badRequest('The request did not arrive in time.', 408);
  return badRequest('The request is not valid HTTP.');
}
