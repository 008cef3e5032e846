import { describe, it } from 'vitest';
import { PayOnlyDocument, UsageDocument } from '../../generated/operations.js';
import { SEATTLE } from '../../fixtures/answers/answers.js';
import { logOf } from '../../fixtures/server/responses.js';
import { useServers } from '../../fixtures/server/use-servers.js';
import { dial, httpRequest } from '../../fixtures/sockets/raw-connection.js';
import { gate, hang } from '../../fixtures/upstream/upstream.js';

const PAY = { query: String(PayOnlyDocument), variables: { answers: SEATTLE } };
const SSE = { accept: 'text/event-stream' };
const GET = `/graphql?query=${encodeURIComponent('{ __typename }')}`;

describe.concurrent('a client that closes its half of the connection after its request', () => {
  useServers();

  it.for([
    ['a POST', httpRequest('/graphql', PAY)],
    ['an event stream', httpRequest('/graphql/stream', PAY, SSE)],
  ] as const)(
    'gets the response to %s that comes a little later, and the connection is closed',
    async ([, request], context) => {
      const { start, upstream, expect } = context;
      const held = gate();
      upstream.script.poll('pay').push(held);
      const { wire, closed, text } = await asked(context, (await start()).url, request, () => held.arrived);
      held.release();
      await closed;
      expect(wire.readableAborted).toBe(false);
      expect(text()).toContain('HTTP/1.1 200 OK');
      expect(text()).toContain('"percentile50":104300');
    },
  );

  it('gets the response to a GET, and to each of several requests', async (context) => {
    const { start, expect } = context;
    const get = httpRequest(GET, undefined, { 'apollo-require-preflight': 'true' });
    const { closed, text } = await asked(context, (await start()).url, get + get + httpRequest('/healthz'));
    await closed;
    expect(text().match(/HTTP\/1.1 200 OK/g)).toHaveLength(3);
    expect(text()).toContain('"status":"ok"');
  });

  it('counts as gone if there is no response in five seconds; what was bought is collected', async (context) => {
    const { start, upstream, expect } = context;
    upstream.script.poll('pay').push(hang());
    const server = await start();
    const { closed, text } = await asked(context, server.url, httpRequest('/graphql', PAY));
    await closed;
    expect(text()).toBe('');
    const operations = () => logOf(server).filter(({ msg }) => msg === 'operation');
    await expect.poll(operations).toMatchObject([{ errors: ['CLIENT_DISCONNECTED'] }]);
    expect(operations()[0]?.['ms']).toBeGreaterThan(4_500);
    await expect
      .poll(async () => (await server.run(UsageDocument)).data?.usage)
      .toMatchObject({ submitted: 1, collected: 1 });
  });
});

async function asked(
  { atEnd }: { atEnd: (closer: () => unknown) => void },
  url: string,
  request: string,
  before: () => Promise<unknown> = () => Promise.resolve(),
) {
  const connection = dial(url);
  atEnd(() => connection.wire.destroy());
  connection.wire.end(request);
  await before();
  return { wire: connection.wire, closed: connection.closed, text: () => connection.text };
}
