import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { payBody } from './samples.js';

/** A server on an origin of its own, that nobody should speak to. */
export interface Bystander {
  /** Its origin, without a slash at the end. */
  url: string;
  /** Every request that came all the same. */
  requests: { at: number; method: string; url: string; headers: Record<string, string> }[];
  /** TCP connections, also those that asked nothing. */
  readonly connections: number;
  close(): Promise<void>;
}

/**
 * Starts one. It gives a finished pay report to whoever asks, so that following a link or a redirect to it would work.
 *
 * @example
 * upstream.script.submit.push(json({ Links: { PayReport: `${evil.url}/jobalyzer/v1/reports/r1/pay` } }));
 * …
 * expect(evil.requests).toEqual([]);
 */
export async function startBystander(): Promise<Bystander> {
  const requests: Bystander['requests'] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const headers = request.headers as Record<string, string>;
    requests.push({ at: performance.now(), method: request.method ?? '', url: request.url ?? '', headers });
    request.resume();
    response.setHeader('content-type', 'application/json').end(JSON.stringify(payBody()));
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get connections() {
      return connections;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
