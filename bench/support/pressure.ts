import { connect } from 'node:net';
import { createHistogram } from 'node:perf_hooks';

export interface Pressure {
  readonly perSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

/**
 * Repeats one POST over several connections, each waiting for the response before it sends the next. It uses raw
 * sockets and parses only the content length, so that the server is measured and not the client. Throws if a response
 * is not the expected one.
 */
export async function pressure(
  url: string,
  body: string,
  expected: string,
  { connections, seconds }: { connections: number; seconds: number },
): Promise<Pressure> {
  const { hostname, port, pathname } = new URL(url);
  const request = [
    `POST ${pathname} HTTP/1.1`,
    `host: ${hostname}:${port}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
  const latencies = createHistogram();
  const until = performance.now() + seconds * 1_000;

  const repeat = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname).setNoDelay().setEncoding('latin1');
      let received = '';
      let sentAt = 0;
      const send = (): void => {
        received = '';
        sentAt = performance.now();
        socket.write(request);
      };
      socket.once('connect', send).once('error', reject);
      socket.once('close', () => reject(new Error('The connection was closed.')));
      socket.on('data', (text: string) => {
        received += text;
        const whole = bodyOf(received);
        if (whole === null) return;
        latencies.record(Math.max(Math.round((performance.now() - sentAt) * 1e6), 1));
        if (whole !== expected) reject(new Error(`An unexpected response: ${received.slice(0, 400)}`));
        else if (performance.now() < until) send();
        else {
          resolve();
          socket.destroy();
        }
      });
    });

  const startedAt = performance.now();
  await Promise.all(Array.from({ length: connections }, repeat));
  const took = (performance.now() - startedAt) / 1_000;
  return {
    perSecond: latencies.count / took,
    medianMs: latencies.percentile(50) / 1e6,
    p99Ms: latencies.percentile(99) / 1e6,
  };
}

/** The response body; null until all of it has arrived. */
function bodyOf(received: string): string | null {
  const end = received.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const length = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(received.slice(0, end + 2))?.[1] ?? Number.NaN);
  if (Number.isNaN(length)) throw new Error(`A response of unknown length: ${received.slice(0, end)}`);
  return received.length >= end + 4 + length ? received.slice(end + 4) : null;
}
