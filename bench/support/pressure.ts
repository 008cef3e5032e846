import { createHistogram, performance } from 'node:perf_hooks';
import { openRawConnection } from './raw-connection.ts';

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

const OK = Buffer.from('HTTP/1.1 200 ');

interface Extent {
  readonly connections: number;
  readonly seconds: number;
}

/**
 * Sends POSTs over several connections, each waiting for the response before it sends the next. It parses only the status and
 * the content length, and compares bytes, so that the server is measured and not the client. Throws if a response is not the
 * expected one.
 */
export async function pressure(url: string, next: () => Exchange, { connections, seconds }: Extent): Promise<Pressure> {
  const latencies = createHistogram();
  const until = performance.now() + seconds * 1_000;
  const bytesOf = remembering((text) => Buffer.from(text, 'latin1'));

  const repeat = (): Promise<void> =>
    new Promise((resolve, reject) => {
      let expected = '';
      let sentAt = 0;
      const send = (): void => {
        const exchange = next();
        expected = exchange.expected;
        sentAt = performance.now();
        connection.send(exchange.body);
      };
      const connection = openRawConnection(url, {
        onConnect: send,
        onError: reject,
        onResponse(response, bodyAt) {
          const now = performance.now();
          latencies.record(Math.max(Math.round((now - sentAt) * 1e6), 1));
          if (!startsWith(response, OK, 0) || !isFrom(response, bodyAt, bytesOf(expected)))
            reject(new Error(`An unexpected response, not ${expected}:\n${response.toString('latin1', 0, 2_000)}`));
          else if (now < until) send();
          else {
            resolve();
            connection.destroy();
          }
        },
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

function startsWith(bytes: Buffer, part: Buffer, at: number): boolean {
  return bytes.compare(part, 0, part.length, at, Math.min(at + part.length, bytes.length)) === 0;
}

/** Whether this is all that follows. */
function isFrom(bytes: Buffer, at: number, rest: Buffer): boolean {
  return bytes.length === at + rest.length && startsWith(bytes, rest, at);
}

/** There are as many texts as reports. */
function remembering<T>(make: (text: string) => T): (text: string) => T {
  const made = new Map<string, T>();
  return (text) => {
    const known = made.get(text) ?? make(text);
    made.set(text, known);
    return known;
  };
}
