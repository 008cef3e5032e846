import { createServer, type ServerResponse } from 'node:http';
import { listenErrorText } from '../../lib/listen-error.js';
import { VERSION } from '../../lib/version.js';
import { responseOf, type Problem } from '../problem.js';
import type { Readiness } from './readiness.js';

/** The server before it has its ledger: it is alive, not ready, and serves nothing. */
export interface WaitingServer {
  /** The address is free again once this resolves. */
  close(): Promise<void>;
}

const NOT_READY: Readiness = {
  status: 'not ready',
  reasons: [{ code: 'LEDGER_UNREACHABLE', message: 'The database cannot be reached yet, so nothing is served.' }],
  degraded: [],
};

const NOT_YET: Problem = {
  status: 503,
  code: 'SERVICE_UNAVAILABLE',
  message: 'The server waits for its database. Try again later.',
};

/** Listens until it is closed. Throws an Error that names HOST or PORT if it cannot. */
export async function serveWhileWaiting(address: {
  readonly host: string;
  readonly port: number;
}): Promise<WaitingServer> {
  const server = createServer((request, response) => {
    // Whoever waits for the server proper must not be kept by this one.
    response.setHeader('connection', 'close');
    switch (request.url?.split('?')[0]) {
      case '/healthz':
        return send(response, 200, { status: 'ok', version: VERSION });
      case '/readyz':
        return send(response, 503, NOT_READY);
      default:
        return send(response, NOT_YET.status, responseOf(NOT_YET));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new Error(listenErrorText(error, address), { cause: error })));
    server.listen(address, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
    .end(JSON.stringify(body));
}
