import { describe, it } from 'vitest';
import { numbered } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { useSockets } from '../fixtures/sockets/use-sockets.js';
import { eventually } from '../fixtures/eventually.js';
import { status } from '../fixtures/upstream/upstream.js';

const KEYS = { AUTH_MODE: 'api-key', API_KEYS: 'shop:key-of-the-shop-1,desk:key-of-the-desk-2', OPERATORS: 'desk' };
const PAY = `query ($answers: AnswersInput!) { report(answers: $answers) { id pay { basePay { percentile50 } } } }`;
const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

interface Line {
  readonly msg: string;
  readonly requestId?: string;
  readonly client?: string;
  readonly reportId?: string;
  readonly call?: string;
}

const linesOf = (logged: readonly string[]): Line[] => logged.map((line) => JSON.parse(line) as Line);

describe.concurrent('the request id', () => {
  useServers();
  useSockets();

  const ask = (url: string, headers: Record<string, string>, body: object = { query: '{ __typename }' }) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'key-of-the-shop-1', ...headers },
      body: JSON.stringify(body),
    });

  it.for([
    ['a UUID', '2f1c1d5e-6f0b-4a6e-9a39-0f4e6d7c8b9a'],
    ['a trace header of a load balancer', 'Root=1-67891233-abcdef012345678912345678'],
    ['128 characters', 'a'.repeat(128)],
  ] as const)('is taken from the request, and returned: %s', async ([, id], { start, expect }) => {
    const server = await start({ env: KEYS });
    const response = await ask(server.url, { 'x-request-id': id });
    expect(response.headers.get('x-request-id')).toBe(id);
    expect(linesOf(server.logged).filter(({ msg }) => msg === 'operation')).toMatchObject([
      { requestId: id, client: 'shop' },
    ]);
  });

  it.for([
    ['none', undefined],
    ['an empty one', ''],
    ['one that is too long', 'a'.repeat(129)],
    ['one that could be taken for something else in a log', 'a" admin="yes'],
    ['one with spaces', 'a b'],
  ] as const)('is made for %s', async ([, id], { start, expect }) => {
    const server = await start({ env: KEYS });
    const response = await ask(server.url, id === undefined ? {} : { 'x-request-id': id });
    const made = response.headers.get('x-request-id') ?? '';
    expect(made).toMatch(UUID);
    expect(linesOf(server.logged)).toContainEqual(expect.objectContaining({ msg: 'operation', requestId: made }));
  });

  it('is returned for every request, whatever becomes of it', async ({ start, stream, expect }) => {
    const { url } = await start({ env: KEYS });
    const headers = { 'x-request-id': 'mine' };
    const responses = await Promise.all([
      fetch(`${url}/healthz`, { headers }),
      fetch(`${url}/nowhere`, { headers }),
      ask(url, { ...headers, 'x-api-key': 'unknown-key-of-none' }),
      ask(url, { ...headers, origin: 'https://evil.example' }),
      ask(url, headers, { query: '{' }),
    ]);
    expect(responses.map((each) => [each.status, each.headers.get('x-request-id')])).toEqual([
      [200, 'mine'],
      [404, 'mine'],
      [401, 'mine'],
      [403, 'mine'],
      [400, 'mine'],
    ]);
    const streamed = await stream(
      { url },
      { query: '{ __typename }', headers: { ...headers, 'x-api-key': 'key-of-the-desk-2' } },
    );
    await streamed.ended;
    expect(streamed.headers.get('x-request-id')).toBe('mine');
  });

  it('is in every line that an operation causes, with the client, and with the report in those of upstream calls', async ({
    start,
    upstream,
    expect,
  }) => {
    const server = await start({ env: KEYS });
    upstream.script.poll('pay').push(status(500));
    const ids = await Promise.all(
      [1, 2].map(async (number) => {
        const answers = numbered(number);
        const key = number === 1 ? 'key-of-the-shop-1' : 'key-of-the-desk-2';
        const headers = { 'x-request-id': `request-${number}`, 'x-api-key': key };
        const response = await ask(server.url, headers, { query: PAY, variables: { answers } });
        return ((await response.json()) as { data: { report: { id: string } } }).data.report.id;
      }),
    );
    const lines = linesOf(server.logged);
    for (const [index, reportId] of ids.entries()) {
      const own = { requestId: `request-${index + 1}`, client: ['shop', 'desk'][index] };
      const calls = lines.filter((line) => line.reportId === reportId && line.call !== 'token');
      expect(new Set(calls.map(({ call }) => call ?? 'none'))).toContain('submit');
      expect(new Set(calls.map(({ call }) => call ?? 'none'))).toContain('poll');
      expect(calls).toEqual(calls.map(() => expect.objectContaining(own)));
    }
    expect(lines.filter(({ call }) => call === 'submit' || call === 'poll')).toEqual(
      expect.not.arrayContaining([expect.not.objectContaining({ reportId: expect.any(String) })]),
    );
  });

  it('is another one for each operation of a socket, also in the lines of its events', async ({
    start,
    connectAndInit,
    upstream,
    expect,
  }) => {
    const server = await start();
    const socket = await connectAndInit(server);
    await socket.run('query A { __typename }');
    await socket.run('query B { __typename }');
    await socket.run(PAY, { answers: numbered(1) });
    const operations = linesOf(server.logged).filter(({ msg }) => msg === 'operation');
    const made = operations.map(({ requestId }) => requestId ?? '');
    expect(made).toHaveLength(3);
    expect(made).toEqual(made.map(() => expect.stringMatching(UUID)));
    expect(new Set(made).size).toBe(3);
    expect(upstream.bought()).toBe(1);
    await eventually(() =>
      expect(linesOf(server.logged)).toContainEqual(expect.objectContaining({ call: 'submit', requestId: made[2] })),
    );
  });

  it('stays with a report that is collected after a restart only as the report', async ({
    start,
    restart,
    upstream,
    expect,
  }) => {
    const first = await start();
    upstream.script.poll('pay').push(...Array.from({ length: 50 }, () => status(503)));
    const { data } = await first.run<{ requestReport: { id: string } }, object>(
      'mutation ($answers: AnswersInput!) { requestReport(answers: $answers, types: [PAY]) { id } }',
      { answers: numbered(1) },
    );
    const second = await restart(first);
    await eventually(() => {
      const polls = linesOf(second.logged).filter(({ call }) => call === 'poll');
      expect(polls.length).toBeGreaterThan(0);
      expect(polls).toEqual(polls.map(() => expect.objectContaining({ reportId: data?.requestReport.id })));
      expect(polls.map(({ requestId }) => requestId)).toEqual(polls.map(() => undefined));
    });
  });
});
