import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Clients use either of them. */
const LOCALHOST = ['127.0.0.1', '::1'] as const;
/**
 * So many connections may wait to be accepted, if the system allows it (`net.core.somaxconn`). With Node's 511, Linux resets
 * some of those of a crowd that arrives at once while the event loop is busy.
 */
const BACKLOG = 65_535;
/** What is said of an address that the machine does not have. */
const ABSENT: readonly unknown[] = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'];

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Starts listening; resolves to the port. */
export type Listen = (address: Address) => Promise<number>;

/**
 * Under the name `localhost` the server listens on both addresses of it. The connections of the second one are handed to the
 * HTTP server, so that they are like all others: counted, limited, and closed with it. (Fastify would open a second HTTP
 * server, which has only its routes.)
 */
export function prepareListening(app: FastifyInstance): Listen {
  const second = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    app.server.emit('connection', socket);
  });
  let closed: Promise<void> | undefined;
  // The last of these hooks: until then the others refuse what arrives, in words.
  app.addHook('preClose', async () => {
    closed = new Promise((resolve) => second.close(() => resolve()));
  });
  app.addHook('onClose', () => closed ?? Promise.resolve());

  return async ({ host, port }) => {
    const [first, other] = host === 'localhost' ? LOCALHOST : [host];
    await app.listen({ host: first, port, backlog: BACKLOG });
    const { port: opened } = app.server.address() as AddressInfo;
    if (other !== undefined) {
      second.listen({ host: other, port: opened, backlog: BACKLOG });
      await once(second, 'listening').catch((error: NodeJS.ErrnoException) => {
        if (!ABSENT.includes(error.code)) throw error;
      });
    }
    return opened;
  };
}
