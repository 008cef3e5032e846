import { connect } from 'node:net';
import { createHistogram, performance } from 'node:perf_hooks';

export interface Pressure {
  readonly requests: number;
  readonly perSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  /** The share of the time that this process was busy; close to 1, it is this process that was measured. */
  readonly busy: number;
}

/** A request body in ASCII, and the body of the only response that is right, in Latin-1. */
export interface Exchange {
  readonly body: string;
  readonly expected: string;
}

const OK = 'HTTP/1.1 200 ';

interface Extent {
  readonly connections: number;
  readonly seconds: number;
}

/**
 * Sends POSTs over several connections, each waiting for the response before it sends the next. It uses raw sockets and
 * parses only the status and the content length, so that the server is measured and not the client. Throws if a response
 * is not the expected one.
 */
export async function pressure(url: string, next: () => Exchange, { connections, seconds }: Extent): Promise<Pressure> {
  const { hostname, port, pathname } = new URL(url);
  const head = `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\ncontent-length: `;
  const latencies = createHistogram();
  const until = performance.now() + seconds * 1_000;

  const repeat = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname).setNoDelay().setEncoding('latin1');
      let received = '';
      let expected = '';
      let sentAt = 0;
      const send = (): void => {
        const exchange = next();
        received = '';
        expected = `\r\n\r\n${exchange.expected}`;
        sentAt = performance.now();
        socket.write(`${head}${exchange.body.length}\r\n\r\n${exchange.body}`, 'latin1');
      };
      socket.once('connect', send).once('error', reject);
      socket.once('close', () => reject(new Error('The connection was closed.')));
      socket.on('data', (text: string) => {
        received += text;
        const length = lengthOf(received);
        if (received.length < length) return;
        latencies.record(Math.max(Math.round((performance.now() - sentAt) * 1e6), 1));
        if (!received.startsWith(OK) || !received.endsWith(expected) || received.length !== length)
          reject(new Error(`An unexpected response, not ${expected}:\n${received.slice(0, 2_000)}`));
        else if (performance.now() < until) send();
        else {
          resolve();
          socket.destroy();
        }
      });
    });

  const startedAt = performance.now();
  const before = performance.eventLoopUtilization();
  await Promise.all(Array.from({ length: connections }, repeat));
  const took = (performance.now() - startedAt) / 1_000;
  return {
    requests: latencies.count,
    perSecond: latencies.count / took,
    medianMs: latencies.percentile(50) / 1e6,
    p99Ms: latencies.percentile(99) / 1e6,
    busy: performance.eventLoopUtilization(before).utilization,
  };
}

/** The length of the whole response, with its head; infinite until that is known. */
function lengthOf(received: string): number {
  const end = received.indexOf('\r\n\r\n');
  if (end === -1) return Number.POSITIVE_INFINITY;
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(received.slice(0, end + 2))?.[1];
  // Zero for a response that does not say it: then it is not the expected one.
  return end + 4 + Number(length ?? 0);
}
