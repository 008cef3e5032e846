import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createJobalyzerClient, type JobalyzerSettings } from '../../src/datasources/jobalyzer/client.js';
import { requestKeyOf } from '../../src/datasources/jobalyzer/usage-log/request-key.js';
import type { LoggedReport, UsageLogQuery } from '../../src/datasources/jobalyzer/usage-log/usage-log.js';
import { startConnectProxy } from '../fixtures/upstream/connect-proxy.js';
import { csvOf, USAGE_COLUMNS, type CsvRow } from '../fixtures/upstream/usage-csv.js';

const REQUEST = JSON.stringify({
  customerId: 'customer',
  AutoResolveJobTitle: true,
  answers: { JobTitle: 'Nurse, "RN"' },
});
const KEY = requestKeyOf(REQUEST, 'customer') ?? '';
const RESPONSE = JSON.stringify({ Report: { TotalCompanies: 3, Note: 'a\nb' } });
const ROW: CsvRow = {
  CLIENTID: 'id',
  REPORTID: 'r-1',
  REPORT_DATE: '2026-11-26 12:00:00',
  REPORT_TYPE: 'pay',
  REPORTRATING: '0.75',
  REQUEST,
  RESPONSE,
  SUCCESSFUL: 'True',
};
const READ: LoggedReport = {
  upstreamReportId: 'r-1',
  recordedAt: new Date('2026-11-26T12:00:00Z'),
  type: 'PAY',
  successful: true,
  requestKey: KEY,
  response: null,
  clientId: 'id',
  rating: 0.75,
};
const never = new AbortController().signal;

describe('the usage log', () => {
  it('is read with the access token, below its URL, row by row', async () => {
    const { read, requests } = await serving(csvOf([ROW, { ...ROW, REPORTID: 'r-2', REPORT_TYPE: 'yoe' }]));
    const { rows, found } = await read({ wanted: new Set([KEY]) });
    expect(rows).toEqual([
      { ...READ, response: RESPONSE },
      { ...READ, upstreamReportId: 'r-2', type: 'YOE', response: RESPONSE },
    ]);
    expect(Math.abs(found.readAt.getTime() - Date.now())).toBeLessThan(60_000);
    expect(requests).toEqual([
      { method: 'GET', url: '/log/usage', headers: expect.objectContaining({ authorization: 'Bearer t1' }) },
    ]);
    expect(requests[0]?.headers).toMatchObject({ accept: 'text/csv', 'accept-encoding': 'identity' });
    expect(requests[0]?.headers['content-type']).toBeUndefined();
  });

  it.each(['/log/usage', '/log/usage/', '/log/', '/log'])(
    'may be named itself, or what it is below: %s',
    async (path) => {
      const { read, requests } = await serving(csvOf([ROW]), { path });
      await read();
      expect(requests.map(({ url }) => url)).toEqual(['/log/usage']);
    },
  );

  it('has its columns in any order and letter case, and others between them', async () => {
    const mixed = USAGE_COLUMNS.map((name, index) => (index % 2 ? name.toLowerCase() : ` ${name} `)).toReversed();
    for (const columns of [mixed, ['NEW', ...USAGE_COLUMNS, 'NEWER']]) {
      const text = csvOf(
        [{ ...ROW }],
        columns.map((name) => name.trim()),
      ).replace(/^.*\n/, `${columns.join(',')}\n`);
      const { read } = await serving(text);
      expect((await read()).rows).toEqual([READ]);
    }
  });

  it.each([
    ['with a byte-order mark', `\uFEFF${csvOf([ROW])}`],
    ['with a byte-order mark before a quote', `\uFEFF${csvOf([ROW]).replace('CLIENTID', '"CLIENTID"')}`],
    ['with line breaks of Windows', csvOf([ROW], USAGE_COLUMNS, '\r\n')],
    ['without a line break at the end', csvOf([ROW]).trimEnd()],
    ['with blank lines', `${csvOf([ROW])}\n\n`],
  ])('is read %s', async (_how, text) => {
    const { read } = await serving(text);
    expect((await read()).rows).toEqual([READ]);
  });

  it.each([
    ['2026-11-26T12:00:00Z', 0],
    ['2026-11-26T12:00:00.250Z', 250],
    ['2026-11-26 12:00:00.2500000', 250],
    ['2026-11-26 12:00', 0],
    ['2026-11-26 12:00:00 UTC', 0],
    ['2026-11-26T04:00:00-08:00', 0],
    ['2026-11-26T13:30:00+0130', 0],
  ])('tells when a report was recorded by %s', async (text, milliseconds) => {
    const { read } = await serving(csvOf([{ ...ROW, REPORT_DATE: text }]));
    expect((await read()).rows[0]?.recordedAt).toEqual(new Date(Date.UTC(2026, 10, 26, 12, 0, 0, milliseconds)));
  });

  it.each([
    ['PAY', ['pay', 'Pay', 'PayReport', 'pay_report']],
    ['YOE', ['yoe', 'YOE', 'YearsExperience', 'YearsExperienceReport', 'Years of Experience']],
    [null, ['', 'NULL', 'Impact', 'payroll']],
  ] as const)('spells %s in several ways', async (type, spellings) => {
    const { read } = await serving(csvOf(spellings.map((REPORT_TYPE) => ({ ...ROW, REPORT_TYPE }))));
    expect((await read()).rows.map((row) => row.type)).toEqual(spellings.map(() => type));
  });

  it('says whether it was successful in any letter case, or does not say', async () => {
    const { read } = await serving(csvOf(['true', 'FALSE', '', '?'].map((SUCCESSFUL) => ({ ...ROW, SUCCESSFUL }))));
    expect((await read()).rows.map((row) => row.successful)).toEqual([true, false, null, null]);
  });

  it('rates the report from 0 to 1, or does not', async () => {
    const ratings = ['0', '1.0', '.5', '2', '-1', 'high', '', 'NULL'];
    const { read } = await serving(csvOf(ratings.map((REPORTRATING) => ({ ...ROW, REPORTRATING }))));
    expect((await read()).rows.map((row) => row.rating)).toEqual([0, 1, 0.5, null, null, null, null, null]);
  });

  it('may lack the columns by which no purchase is recognized', async () => {
    const columns = USAGE_COLUMNS.filter((name) => !['CLIENTID', 'REPORTRATING'].includes(name));
    const { read } = await serving(csvOf([ROW], columns));
    expect((await read()).rows).toEqual([{ ...READ, clientId: null, rating: null }]);
  });

  it('may lack an id, a request and a response', async () => {
    const { read } = await serving(csvOf([{ ...ROW, REPORTID: 'NULL', REQUEST: 'none', RESPONSE: '' }]));
    expect((await read({ wanted: new Set([KEY]) })).rows).toEqual([
      { ...READ, upstreamReportId: null, requestKey: null },
    ]);
  });

  it('is handed over for the period that is asked for, and if it does not say when', async () => {
    const at = (minute: number) => `2026-11-26 12:0${minute}:00`;
    const logged = [3, 0, 1, 2].map((minute) => ({ ...ROW, REPORTID: String(minute), REPORT_DATE: at(minute) }));
    const { read } = await serving(csvOf([...logged, { ...ROW, REPORTID: 'undated', REPORT_DATE: '' }]));
    const [since, until] = [1, 3].map((minute) => Date.parse(`${at(minute)}Z`)) as [number, number];
    const { rows } = await read({ since, until });
    expect(rows.map((row) => row.upstreamReportId)).toEqual(['1', '2', 'undated']);
    expect(rows.at(-1)?.recordedAt).toBeNull();
  });

  it('is told to whoever counts calls, with the status of each response, and logged with its rows', async () => {
    const answers: ((response: ServerResponse) => void)[] = [
      (response) => void response.end(csvOf([ROW, ROW])),
      (response) => void response.writeHead(500).end(),
      ({ socket }) => void socket?.destroy(),
      // For this read there are two.
      (response) => void response.writeHead(401).end(),
      ({ socket }) => void socket?.destroy(),
    ];
    const { read, called, logged } = await serving((response) => answers.shift()?.(response));
    while (answers.length > 0) await read().catch(() => undefined);
    expect(called).toEqual([200, 500, null, null].map((status) => ({ call: 'usage', status, ms: expect.any(Number) })));
    expect(logged.filter(({ call }) => call === 'usage')).toMatchObject([{ msg: 'upstream', rows: 2 }]);
  });

  it('is reached through its own proxy', async () => {
    const { read, proxy, requests, origin } = await serving(csvOf([ROW]), { proxied: true });
    await expect(read()).rejects.toThrow('cannot be reached');
    expect(proxy?.targets).toEqual([new URL(origin).host]);
    expect(requests).toEqual([]);
  });

  it('is what comes after an interim response', async () => {
    const { read } = await serving((response) => {
      response.writeEarlyHints({ link: '</usage>; rel=preload' });
      response.writeHead(200).end(csvOf([ROW]));
    });
    expect((await read()).rows).toEqual([READ]);
  });

  it('that has a header alone has no rows', async () => {
    const { read } = await serving(csvOf([]));
    expect((await read()).rows).toEqual([]);
  });
});

describe('a usage log that cannot be read as a whole', () => {
  const unreadable: [string, string | Buffer | Answer, RegExp][] = [
    ['a page', '\n <!DOCTYPE html><html></html>', /HTML/],
    ['JSON', '{"Errors": []}', /is JSON/],
    ['empty', '', /empty/],
    [
      'without a column',
      csvOf(
        [ROW],
        USAGE_COLUMNS.filter((name) => name !== 'REQUEST'),
      ),
      /no column REQUEST/,
    ],
    ['with a column twice', csvOf([ROW], [...USAGE_COLUMNS, 'Request']), /more than one column REQUEST/],
    ['ends within a cell', csvOf([ROW, ROW]).slice(0, -30), /within a quoted cell|not all have as many/],
    [
      'ends within a row',
      csvOf([ROW, ROW])
        .trimEnd()
        .replace(/,[^,]*,[^,]*$/, ''),
      /not all have as many/,
    ],
    ['in UTF-16', Buffer.from(`\uFEFF${csvOf([ROW])}`, 'utf16le'), /UTF-8/],
    ['in UTF-16 without a mark', Buffer.from(csvOf([ROW]), 'utf16le'), /UTF-8/],
    ['in Latin-1', Buffer.from(csvOf([{ ...ROW, CLIENTID: 'Zoë' }]), 'latin1'), /UTF-8/],
    ['ends within a character', Buffer.from(`${csvOf([ROW])}ë`).subarray(0, -1), /UTF-8/],
    ['with a row of 10 MB', csvOf([{ ...ROW, RESPONSE: 'x'.repeat(10_000_000) }]), /more than 8 MB/],
    ['with stray quotes', csvOf([ROW]).replace('r-1', 'r"1'), /not well-formed/],
    ...[
      '11/26/2026 12:00:00 PM',
      '26.11.2026 12:00',
      '2026-11-26',
      '1795694400',
      '2026-02-30 12:00:00',
      '2026-11-26 24:01',
      '2026-11-26 12:00:60',
    ].map((date): [string, string, RegExp] => [
      `with the date ${date}`,
      csvOf([ROW, { ...ROW, REPORT_DATE: date }]),
      /REPORT_DATE/,
    ]),
    ['refused', (response) => void response.writeHead(403).end(), /not accepted \(403\)/],
    ['failing', (response) => void response.writeHead(500).end(csvOf([ROW])), /answer was 500/],
    ['partial', (response) => void response.writeHead(206).end(csvOf([ROW])), /answer was 206/],
    [
      'compressed',
      (response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(csvOf([ROW])),
      /compressed/,
    ],
    [
      'cut off',
      (response) =>
        void response.writeHead(200, { 'content-length': 9_999 }).write(csvOf([ROW]), () => response.destroy()),
      /connection was lost/,
    ],
    [
      'cut off between chunks',
      (response) => void response.writeHead(200).write(csvOf([ROW]), () => response.destroy()),
      /connection was lost/,
    ],
    [
      'without a mark of its end',
      ({ socket }) => void socket?.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${csvOf([ROW])}`),
      /end is not marked/,
    ],
    ['not there', ({ socket }) => void socket?.destroy(), /cannot be reached/],
  ];

  it.each(unreadable)('is refused: %s', async (_what, answer, reason) => {
    const { read } = await serving(answer);
    await expect(read()).rejects.toMatchObject({ name: 'UsageLogUnreadable', message: expect.stringMatching(reason) });
  });

  it('is refused if it does not come in time', async () => {
    for (const slow of [
      () => undefined,
      (response: ServerResponse) => void response.writeHead(200).write(csvOf([ROW])),
    ]) {
      const { read } = await serving(slow, { deadlineMs: 100 });
      await expect(read()).rejects.toMatchObject({ name: 'UsageLogUnreadable', message: 'It did not come in time.' });
    }
  });

  it('is not looked for where a redirect leads', async () => {
    const { read, requests, origin } = await serving((response) => {
      response.writeHead(302, { location: `${origin}/elsewhere` }).end();
    });
    await expect(read()).rejects.toThrow('redirects are not followed');
    expect(requests.map(({ url }) => url)).toEqual(['/log/usage']);
  });

  it('is reported once for each reason, and when it can be read again, without what it says', async () => {
    const answers = [csvOf([ROW]), 'canary', 'canary', '<canary>', csvOf([ROW]), csvOf([ROW]), '<canary>'];
    const { read, logged } = await serving((response) => void response.end(answers.shift()));
    while (answers.length > 0) await read().catch(() => undefined);
    expect(
      logged
        .filter(({ call, level }) => call !== 'token' && Number(level) >= 30)
        .map(({ msg, reason }) => reason ?? msg),
    ).toEqual([
      'It has no column REPORTID.',
      'It is a page of HTML or XML, not CSV.',
      'the usage log can be read again',
      'It is a page of HTML or XML, not CSV.',
    ]);
    expect(JSON.stringify(logged)).not.toContain('canary');
  });

  it('stops with the signal and its reason', async () => {
    const controller = new AbortController();
    const { read } = await serving((response) => void response.writeHead(200).write(csvOf([ROW, ROW, ROW])));
    const reason = new Error('The server stops.');
    const reading = read({}, { signal: controller.signal, each: () => controller.abort(reason) });
    await expect(reading).rejects.toBe(reason);
  });

  it('is not received any further once it is known to be wrong', async () => {
    let left: Promise<unknown> = Promise.resolve();
    const { read } = await serving((response) => {
      left = once(response, 'close');
      response.writeHead(200).write('<html>');
    });
    await expect(read()).rejects.toThrow('HTML');
    await left;
  });

  it('is not received any further once the client is closed', async () => {
    const { read, client } = await serving((response) => {
      response.writeHead(200).write(csvOf([ROW, ROW, ROW]));
    });
    let closed: Promise<void> = Promise.resolve();
    const each = (): void => void (closed = client.close());
    await expect(read({}, { each })).rejects.toThrow('connection was lost');
    await closed;
  });

  it('ends with the error of who is given its rows', async () => {
    const { read } = await serving(csvOf([ROW]));
    const error = new Error('Not this one.');
    const each = (): never => {
      throw error;
    };
    await expect(read({}, { each })).rejects.toBe(error);
  });
});

describe('a token that the usage log does not accept', () => {
  it('is renewed once', async () => {
    const { read, requests } = await serving(
      (response, { headers }) =>
        void response.writeHead(headers.authorization === 'Bearer t2' ? 200 : 401).end(csvOf([ROW])),
    );
    expect((await read()).rows).toEqual([READ]);
    expect(requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', 'Bearer t2']);
  });

  it('is renewed without waiting for the rest of the refusal', async () => {
    let left: Promise<unknown> = Promise.resolve();
    const { read } = await serving((response, { headers }) => {
      if (headers.authorization === 'Bearer t2') return void response.writeHead(200).end(csvOf([ROW]));
      left = once(response, 'close');
      response.writeHead(401).write('No');
    });
    expect((await read()).rows).toEqual([READ]);
    await left;
  });

  it('says nothing about the API, however often it is refused', async () => {
    const { read, client, requests } = await serving((response) => void response.writeHead(401).end());
    for (let times = 0; times < 6; times++) await expect(read()).rejects.toThrow('not accepted (401)');
    expect(requests.length).toBe(12);
    expect(client.condition().token.state).toBe('granted');
    const found = await client.lookup('/jobalyzer/v1/impact/skills', {}, never);
    expect(found).toMatchObject({ kind: 'response', status: 404 });
  });

  it('is not there at all', async () => {
    const { read } = await serving(csvOf([ROW]), { token: null });
    await expect(read()).rejects.toThrow('There is no access token.');
  });
});

it('a client without its URL has no usage log', async () => {
  const { client, read } = await serving(csvOf([ROW]), { url: null });
  expect(client.usageLog).toBeNull();
  await expect(read()).rejects.toThrow(TypeError);
});

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

interface Serving {
  readonly path?: string;
  readonly deadlineMs?: number;
  readonly token?: null;
  readonly url?: null;
  readonly proxied?: boolean;
}

/** A client, and the server whose usage log it reads; the tokens are those of another server. */
async function serving(
  answer: string | Buffer | Answer,
  { path = '/log', deadlineMs = 20_000, token, url, proxied = false }: Serving = {},
) {
  const requests: { method: string | undefined; url: string | undefined; headers: IncomingMessage['headers'] }[] = [];
  let tokens = 0;
  const accounts = await listening((request, response) => {
    if (request.url !== '/connect/token') return void response.writeHead(404).end('{}');
    const granted = { access_token: `t${(tokens += 1)}`, expires_in: 600, token_type: 'Bearer' };
    response.writeHead(token === null ? 500 : 200).end(JSON.stringify(granted));
  });
  const origin = await listening((request, response) => {
    requests.push({ method: request.method, url: request.url, headers: request.headers });
    if (typeof answer === 'function') answer(response, request);
    else response.writeHead(200, { 'content-type': 'text/csv' }).end(answer);
  });
  const { hostname: host, port } = new URL(origin);
  const proxy = proxied ? await startConnectProxy({ host, port: Number(port) }) : null;
  if (proxy) proxy.refuse = 403;
  onTestFinished(async () => proxy?.close());
  const logged: Record<string, unknown>[] = [];
  const settings: JobalyzerSettings = {
    ...{ apiUrl: accounts, authUrl: accounts, apiVersion: 'v1', customerId: 'customer' },
    ...{ clientId: 'id', clientSecret: () => 'secret', timeouts: { usage: deadlineMs } },
    usageUrl: url === null ? null : `${origin}${path}`,
  };
  const called: object[] = [];
  const client = createJobalyzerClient(
    { ...settings, ...(proxy && { usageProxy: { origin: proxy.url, authorization: null } }) },
    pino(
      { level: 'debug' },
      { write: (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
    ),
    {
      upstream: {
        called: (call) => void (call.call === 'usage' && called.push(call)),
        tokenRefreshed: () => undefined,
      },
    },
  );
  onTestFinished(() => client.close());

  async function read(
    query: UsageLogQuery = {},
    { signal = never, each }: { signal?: AbortSignal; each?: (row: LoggedReport) => void } = {},
  ) {
    const rows: LoggedReport[] = [];
    const { usageLog } = client;
    if (!usageLog) throw new TypeError('There is none.');
    const found = await usageLog.read(query, each ?? ((row) => void rows.push(row)), signal);
    return { rows, found };
  }
  return { client, read, requests, origin, logged, called, proxy };
}

async function listening(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
