import type { Sent } from './documents.ts';
import { withoutChance, type Seen } from './compare.ts';
import type { LogLine, Side } from './side.ts';
import { writeBody, writeSearch, type Transmission } from './transmissions.ts';

/** Kept of what was logged before. */
const MOST_LINES = 20;

/** Sends one request to one server. Resolves to all that can be seen of it from outside. */
export async function deliver(
  side: Side,
  sent: Sent,
  { door, headers, body }: Transmission,
  params: object | null,
): Promise<Seen> {
  side.lines.splice(0, side.lines.length - MOST_LINES);
  const before = side.lines.length;
  const answered =
    door === 'socket'
      ? await overSocket(side, params, sent, body)
      : await overHttp(side, sent, { door, headers, body });
  return withoutChance({ ...answered, log: logOf(side.lines.slice(before), door === 'socket') });
}

async function overSocket(side: Side, params: object | null, sent: Sent, body: string): Promise<Omit<Seen, 'log'>> {
  return { status: 0, headers: {}, body: await side.sockets.send(params, writeBody(body, sent)) };
}

async function overHttp(
  { http }: Side,
  sent: Sent,
  { door, headers, body }: Pick<Transmission, 'door' | 'headers' | 'body'>,
): Promise<Omit<Seen, 'log'>> {
  const path = door === 'stream' ? '/graphql/stream' : '/graphql';
  const response = await http.request({
    path: door === 'get' ? `${path}?${writeSearch(sent)}` : path,
    method: door === 'get' ? 'GET' : 'POST',
    headers: { host: 'localhost:4000', ...headers },
    body: door === 'get' ? null : writeBody(body, sent),
  });
  const { statusCode: status, headers: received } = response;
  return { status, headers: received, body: await response.body.text() };
}

/** What was logged of a request, without times. The requests of a socket have ids of their own. */
function logOf(lines: readonly LogLine[], ownIds: boolean): readonly object[] {
  return lines
    .filter(({ msg, level }) => msg === 'operation' || level >= 40)
    .map(({ time: _time, pid: _pid, hostname: _host, ms: _ms, requestId, ...line }) => ({
      ...line,
      ...(!ownIds && { requestId }),
    }));
}
