import type { FastifyReply } from 'fastify';
import { ClientDisconnected } from '../../graphql/format-error.js';

/** Aborts when the connection closes before the response has been sent; at once if it is already closed. */
export function hangUpSignal({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  const onClose = (): void => {
    if (!raw.writableFinished) controller.abort(new ClientDisconnected('The client closed the connection.'));
  };
  if (raw.destroyed) onClose();
  else raw.once('close', onClose);
  return controller.signal;
}
