import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { payBody } from './samples.ts';

/** A server on another origin that should receive no requests. */
export interface Bystander {
  /** Its origin, without a trailing slash. */
  url: string;
  /** Every request it received. */
  requests: { at: number; method: string; url: string; headers: Record<string, string> }[];
  /** The number of TCP connections, including those without a request. */
  readonly connections: number;
  close(): Promise<void>;
}

/**
 * Starts one. It answers every request with a finished pay report, so following a link or redirect to it would work.
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
