import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { parse } from 'yaml';
import { FollowAnswersDocument, PayOnlyDocument, type StepFragment } from '../../generated/operations.js';
import { numbered } from '../../fixtures/answers/answers.js';
import { openBrowser } from '../../fixtures/browser.js';
import { newPage, QUESTION } from '../../fixtures/pages/explorer.js';
import { eventually } from '../../fixtures/eventually.js';
import { startNginx, type Nginx } from '../../fixtures/nginx.js';
import { startPostgres, type Postgres } from '../../fixtures/postgres/postgres.js';
import { samplesOf } from '../../fixtures/server/metrics.js';
import { post } from '../../fixtures/server/post.js';
import { send, UPGRADE } from '../../fixtures/server/request.js';
import { useServers } from '../../fixtures/server/use-servers.js';
import { dial } from '../../fixtures/sockets/raw-connection.js';
import { useSockets } from '../../fixtures/sockets/use-sockets.js';
import { createAuthority, type Identity } from '../../fixtures/upstream/certificates.js';
import { gate } from '../../fixtures/upstream/upstream.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const TYPENAME = '{"query":"{ __typename }"}';
const PUBLIC = { PUBLIC_URL: 'https://pay.example.com', TRUST_PROXY: '1', CORS_ORIGINS: '' };

/** For the address of nginx and for the names under which it is asked. */
let identity: Identity;
const trusted = getCACertificates('default');

beforeAll(async () => {
  const authority = await createAuthority();
  identity = await authority.issue(['127.0.0.1', 'pay.example.com', 'evil.example']);
  setDefaultCACertificates([...trusted, authority.certificate]);
});
afterAll(() => setDefaultCACertificates(trusted));

// The first run may have to install nginx and Chromium.
describe('behind nginx with the files of deploy/nginx', { timeout: 600_000 }, () => {
  useServers();
  useSockets();

  /** Starts it in front of one server; it is closed after the test. */
  async function inFrontOf({ url }: { readonly url: string }, atEnd: (closer: () => unknown) => void): Promise<Nginx> {
    const nginx = await startNginx({ servers: [url], serversFile: 'one.conf', identity });
    atEnd(() => nginx.close());
    return nginx;
  }

  it('pages of the public address may use every door, and others may not, whatever they say', async (context) => {
    const { start, atEnd, expect } = context;
    const { url } = await inFrontOf(await start({ env: PUBLIC }), atEnd);
    const own = { host: 'pay.example.com', origin: 'https://pay.example.com' };
    for (const [headers, statuses] of [
      [own, [200, 200, 101]],
      [{ ...own, origin: 'http://pay.example.com' }, [403, 403, 403]],
      [{ ...own, origin: 'https://evil.example' }, [403, 403, 403]],
      [{ host: 'evil.example', origin: 'https://evil.example' }, [403, 403, 403]],
      // What nginx says counts, and not what the client says.
      [{ host: 'evil.example', origin: own.origin, 'x-forwarded-host': own.host }, [403, 403, 403]],
      [{ ...own, origin: 'http://pay.example.com', 'x-forwarded-proto': 'http' }, [403, 403, 403]],
    ] as const) {
      const stream = { ...JSON_TYPE, ...headers, accept: 'text/event-stream' };
      const answers = [
        await send(`${url}/graphql`, { headers: { ...JSON_TYPE, ...headers }, body: TYPENAME }),
        await send(`${url}/graphql/stream`, { headers: stream, body: TYPENAME }),
        await send(`${url}/graphql`, { headers: { ...UPGRADE, ...headers } }),
      ];
      expect(
        answers.map(({ status }) => status),
        JSON.stringify(headers),
      ).toEqual(statuses);
    }
  });

  it('serves HTTP/2, and leads from http to https', async ({ start, atEnd, expect }) => {
    const { url, plainUrl } = await inFrontOf(await start({ env: PUBLIC }), atEnd);
    const session = connectHttp2(url);
    atEnd(() => session.destroy());
    const request = session.request({ ':method': 'POST', ':path': '/graphql', ...JSON_TYPE });
    request.end(TYPENAME);
    const [headers] = (await once(request, 'response')) as [Record<string, unknown>];
    expect(headers).toMatchObject({ ':status': 200, 'strict-transport-security': 'max-age=31536000' });
    expect(await text(request)).toBe('{"data":{"__typename":"Query"}}\n');

    const { status, headers: moved } = await send(`${plainUrl}/?title=Nurse`, { headers: { host: 'pay.example.com' } });
    expect([status, moved.location]).toEqual([308, 'https://pay.example.com/?title=Nurse']);
  });

  it('events arrive when they happen, over both transports', async (context) => {
    const { start, stream, connectAndInit, upstream, atEnd, expect } = context;
    const nginx = await inFrontOf(await start({ env: PUBLIC }), atEnd);
    const held = gate();
    upstream.script.submit.push(held);
    const answers = numbered();
    const following = await stream(nginx, { query: FollowAnswersDocument, variables: { answers } });
    const socket = await connectAndInit(nginx);
    socket.subscribe('1', FollowAnswersDocument, { answers });
    await following.until(({ results }) => results.length === 2);
    await eventually(() => expect(socket.results('1')).toHaveLength(2));
    expect(upstream.bought(), 'nothing is there yet').toBe(0);
    held.release();

    expect(await following.ended).toBe(true);
    await socket.ended('1');
    for (const results of [following.results, socket.results('1')]) {
      const last = results.map(({ data }) => data?.['reportStatus'] as StepFragment).slice(-2);
      expect(last.map(({ status }) => status)).toContain('READY');
    }
    expect(upstream.bought()).toBe(2);
  });

  it('a client cannot have more requests by saying that it is somebody else', async ({ start, atEnd, expect }) => {
    const env = { ...PUBLIC, AUTH_MODE: 'api-key', API_KEYS: 'shop:s3cret-of-the-shop', OPERATORS: 'shop' };
    const server = await start({ env: { ...env, RATE_LIMIT_MAX: '3' } });
    const { url } = await inFrontOf(server, atEnd);
    const statuses: number[] = [];
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4']) {
      const headers = { ...JSON_TYPE, 'x-api-key': 's3cret-of-the-shop', 'x-forwarded-for': address };
      statuses.push((await send(`${url}/graphql`, { headers, body: TYPENAME })).status);
    }
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  it('a request that arrives slowly takes no connection of the server before it is complete', async (context) => {
    const { start, atEnd, expect } = context;
    const server = await start();
    const { siteUrl } = await inFrontOf(server, atEnd);
    const [first, rest] = [TYPENAME.slice(0, 9), TYPENAME.slice(9)];
    const head = `POST /pay/graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n`;
    const slow = Array.from({ length: 8 }, () => dial(siteUrl));
    for (const { wire } of slow) {
      atEnd(() => wire.destroy());
      wire.write(`${head}content-length: ${TYPENAME.length}\r\n\r\n${first}`);
    }
    expect((await post(`${siteUrl}/pay/graphql`, '{ __typename }')).status).toBe(200);
    expect((await metricsOf(server.url))['connections{kind="all"}'], 'the one that nginx keeps, and this one').toBe(2);
    for (const { wire } of slow) wire.write(rest);
    for (const connection of slow) await eventually(() => expect(connection.text).toContain('{"__typename":"Query"}'));
  });

  it('what a server refuses with 503 is asked of the others, also a POST, and the last answer is sent', async (context) => {
    const { start, atEnd, expect } = context;
    const [first, second, third] = [await refusing(atEnd), await refusing(atEnd), await refusing(atEnd)];
    const { url } = await start({ env: PUBLIC });
    const servers = [first.url, url, second.url];
    const some = await startNginx({ servers, serversFile: 'three.conf', identity });
    atEnd(() => some.close());
    for (const path of [`${some.url}/graphql`, `${some.siteUrl}/pay/graphql`]) {
      for (let time = 0; time < 6; time++) {
        const headers = { ...JSON_TYPE, host: 'pay.example.com' };
        expect(await send(path, { headers, body: TYPENAME })).toMatchObject({ status: 200 });
        expect(await send(`${path}?query={__typename}`, { headers })).toMatchObject({ status: 200 });
      }
    }
    expect([first.asked(), second.asked()].every((count) => count > 0)).toBe(true);

    const none = await startNginx({ servers: [first.url, second.url, third.url], serversFile: 'three.conf', identity });
    atEnd(() => none.close());
    expect(await send(`${none.url}/graphql`, { headers: JSON_TYPE, body: TYPENAME })).toMatchObject({
      ...{ status: 503, body: 'It refuses.' },
    });
  });

  it('what is too large is refused in words by the server', async ({ start, atEnd, expect }) => {
    const { url } = await inFrontOf(await start({ env: PUBLIC }), atEnd);
    const body = JSON.stringify({ query: `{ __typename } #${'x'.repeat(400_000)}` });
    const { status, body: answer } = await send(`${url}/graphql`, { headers: JSON_TYPE, body });
    expect([status, JSON.parse(answer)]).toMatchObject([
      413,
      { errors: [{ extensions: { code: 'OPERATION_TOO_LARGE' } }] },
    ]);
  });

  it('nginx closes an idle connection to the server before the server does', async ({ start, expect }) => {
    const { url } = await start();
    const { headers } = await send(`${url}/healthz`, { headers: { connection: 'keep-alive' } });
    const kept = Number(/timeout=(\d+)/.exec(String(headers['keep-alive']))?.[1]);
    for (const name of ['one', 'three', 'compose']) {
      const file = readFileSync(`deploy/nginx/servers/${name}.conf`, 'utf8');
      expect(Number(/keepalive_timeout (\d+)s;/.exec(file)?.[1]), name).toBeLessThan(kept);
    }
  });

  it('below a path of another site, both pages work with all that they load and ask', async ({
    start,
    atEnd,
    expect,
  }) => {
    const nginx = await inFrontOf(
      await start({ env: { EXPLORER: 'true', PLAYGROUND: 'true', INTROSPECTION: 'true' } }),
      atEnd,
    );
    const { browser, close } = await openBrowser();
    atEnd(close);
    const root = `${nginx.siteUrl}/pay`;
    expect(await fetch(nginx.siteUrl).then((response) => response.text())).toBe('another page');
    expect((await send(root)).headers.location).toBe('/pay/');

    const { page, sent, complaints } = await newPage(browser);
    await page.goto(`${root}${QUESTION}`);
    await page.getByRole('button', { name: /^Buy 2 reports/ }).click();
    await page.getByText('Pay is here.').waitFor();
    await page.goto(`${root}/graphiql`);
    await page.locator('.graphiql-query-editor .view-line').first().waitFor();
    const answered = page.waitForResponse((response) => response.url() === `${root}/graphql` && response.ok());
    await page.locator('button.graphiql-execute-button').click();
    await answered;
    expect(page.url()).toBe(`${root}/graphiql/`);

    const urls = sent.filter((line) => /^(http|ws)/.test(line));
    expect(urls.filter((url) => !new URL(url).pathname.startsWith('/pay'))).toEqual([]);
    expect(urls.map((url) => new URL(url).protocol)).toContain('ws:');
    expect(complaints).toEqual([]);
  });
});

describe('several servers behind nginx', { timeout: 600_000 }, () => {
  useServers({ pendingPolls: 0 });

  let postgres: Postgres | undefined;
  beforeAll(async () => {
    postgres = await startPostgres({ settings: settingsOfCompose() });
  });
  afterAll(() => postgres?.close());

  it('one is killed: what it may have bought is not asked of another, and all else is', async (context) => {
    const { launch, upstream, atEnd, expect } = context;
    const settings = { DATABASE_URL: postgres?.url ?? '', LEASE_MS: '3000', ...PUBLIC };
    const processes = [1, 2, 3].map(() => launch('unused', settings));
    const servers = await Promise.all(processes.map(async ({ listening }) => new URL(await listening).origin));
    const nginx = await startNginx({ servers, serversFile: 'three.conf', identity });
    atEnd(() => nginx.close());
    const ask = (number: number) =>
      post(`${nginx.url}/graphql`, PayOnlyDocument, { answers: numbered(number) }).then(
        ({ data, errors }) => data?.report?.pay?.basePay?.percentile50 ?? errors[0]?.extensions.code,
        (error: unknown) => error,
      );

    const held = gate();
    upstream.script.submit.push(held);
    const cut = fetch(`${nginx.url}/graphql`, {
      method: 'POST',
      headers: JSON_TYPE,
      body: JSON.stringify({ query: PayOnlyDocument, variables: { answers: numbered(0) } }),
    }).then(({ status }) => status);
    await held.arrived;
    await processes[await buyerAmong(servers)]?.end('SIGKILL');
    expect(await cut, 'no other server was asked').toBe(502);
    held.release();

    const numbers = Array.from({ length: 12 }, (_, index) => index + 1);
    // A server that was too busy to renew its lease in time buys nothing until it has.
    await Promise.all(numbers.map((number) => eventually(async () => expect(await ask(number)).toBe(104_300))));
    // Once the lease of the one that was killed is over, another one says what became of its purchase.
    await eventually(async () => expect(await ask(0)).toBe('SUBMISSION_UNCERTAIN'));
    const posted = upstream.submits().map(({ answers }) => Number(answers.AverageSizeCompetitor));
    expect(posted.toSorted((a, b) => a - b)).toEqual([0, ...numbers]);
  });
});

/** Refuses every request as a server does that is being stopped. */
async function refusing(
  atEnd: (closer: () => unknown) => void,
): Promise<{ readonly url: string; readonly asked: () => number }> {
  let count = 0;
  const server = createServer((_request, response) => {
    count++;
    response.writeHead(503, { connection: 'close' }).end('It refuses.');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => count };
}

/** What compose.yaml sets of PostgreSQL: the servers start only where it forgets nothing. */
function settingsOfCompose(): readonly string[] {
  const { services } = parse(readFileSync('compose.yaml', 'utf8'), { merge: true }) as {
    readonly services: { readonly database: { readonly command: readonly string[] } };
  };
  const settings = services.database.command.filter((word) => word.startsWith('-c')).map((word) => word.slice(2));
  // npm's PostgreSQL is built without lz4.
  return settings.filter((setting) => setting !== 'wal_compression=lz4');
}

/** The index of the server that has a purchase under way. */
async function buyerAmong(servers: readonly string[]): Promise<number> {
  const samples = await Promise.all(servers.map(metricsOf));
  const claims = /^report_purchases_total\{.*outcome="claimed"/;
  return samples.findIndex((of) => Object.entries(of).some(([name, count]) => claims.test(name) && count > 0));
}

async function metricsOf(url: string): Promise<Readonly<Record<string, number>>> {
  return samplesOf((await send(`${url}/metrics`)).body);
}
