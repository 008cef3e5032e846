import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Repeats one POST at a fixed rate over a few connections, as clients do that do not wait for each other. Resolves to how
 * long each response took, in milliseconds, from the moment at which its request was due: a server that stops makes those
 * late that were due meanwhile, too. Throws if a response is not a success.
 */
export async function paced(
  url: string,
  body: string,
  { perSecond, seconds, connections = 8 }: { perSecond: number; seconds: number; connections?: number },
): Promise<readonly number[]> {
  const { hostname, port, pathname } = new URL(url);
  const request = `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  const everyMs = (1_000 * connections) / perSecond;
  const latencies: number[] = [];
  const startAt = performance.now() + 50;

  async function repeat(connection: number): Promise<void> {
    const socket = connect(Number(port), hostname).setNoDelay().setEncoding('latin1');
    const failed = new Promise<never>((_, reject) => {
      socket.once('error', reject).once('close', () => reject(new Error('The connection was closed.')));
    });
    failed.catch(() => undefined);
    for (let turn = 0; turn < (seconds * 1_000) / everyMs; turn++) {
      const dueAt = startAt + everyMs * (turn + connection / connections);
      await sleep(Math.max(dueAt - performance.now(), 0));
      // A timer may be a little early.
      const now = performance.now();
      const sentAt = Math.min(Math.max(dueAt, now - everyMs), now);
      const answered = new Promise<void>((resolve, reject) => {
        let received = '';
        const onData = (text: string): void => {
          received += text;
          const end = received.indexOf('\r\n\r\n');
          const length = Number(/\r\ncontent-length: (\d+)/i.exec(received)?.[1] ?? Number.NaN);
          if (end === -1 || received.length < end + 4 + length) return;
          socket.off('data', onData);
          if (received.startsWith('HTTP/1.1 200') && !received.includes('"errors"')) resolve();
          else reject(new Error(`An unexpected response: ${received.slice(0, 400)}`));
        };
        socket.on('data', onData);
      });
      socket.write(request);
      await Promise.race([answered, failed]);
      latencies.push(performance.now() - sentAt);
    }
    socket.destroy();
  }

  await Promise.all(Array.from({ length: connections }, (_, connection) => repeat(connection)));
  return latencies;
}
