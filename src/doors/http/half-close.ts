import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** A client that has closed its half of the connection gets what is ready within this time. */
const READY_WITHIN_MS = 5_000;
const LOOK_AGAIN_MS = 1_000;

/**
 * A client may close its half of the connection after its request, and still read (`nc -N`, `shutdown(SHUT_WR)`). One that
 * is gone looks the same until something is sent to it: so it counts as gone after a while.
 */
export function answerHalfClosedConnections(app: FastifyInstance): void {
  // Node answers the requests that it has read, then closes. This property has no documentation and no type.
  Object.assign(app.server, { httpAllowHalfOpen: true });

  app.server.on('connection', (socket: Socket) => void socket.on('end', onHalfClose));
}

/** A function of no socket in particular, since thousands have it. */
function onHalfClose(this: Socket): void {
  /** What is being sent has bounds of its own. */
  const end = (): void => {
    if (this.writableLength > 0) timer = setTimeout(end, LOOK_AGAIN_MS);
    else this.destroy();
  };
  let timer = setTimeout(end, READY_WITHIN_MS);
  this.once('close', () => clearTimeout(timer));
}
