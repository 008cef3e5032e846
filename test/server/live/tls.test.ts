import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, it, type TestContext } from 'vitest';
import { PayOnlyDocument } from '../../generated/operations.js';
import { numbered } from '../../fixtures/answers/answers.js';
import { newDirectory } from '../../fixtures/directory.js';
import { post } from '../../fixtures/server/post.js';
import { launchServer } from '../../fixtures/server/server-process.js';
import { serverSettings } from '../../fixtures/server/settings.js';
import { useServers } from '../../fixtures/server/use-servers.js';
import { OWN_HOST } from '../../fixtures/sockets/loopback.js';
import { createAuthority, type Authority, type Identity } from '../../fixtures/upstream/certificates.js';
import { startConnectProxy, type ConnectProxy } from '../../fixtures/upstream/connect-proxy.js';
import { startUpstream, type Upstream } from '../../fixtures/upstream/upstream.js';

/** A name that only the proxy can resolve. */
const HOST = 'jobalyzer.invalid';
const LOOKUP = '{ suggestAnswers(kind: JOB_TITLE, term: "cashier") { answer } }';

let authority: Authority;
let identity: Identity;

beforeAll(async () => {
  authority = await createAuthority();
  identity = await authority.issue([OWN_HOST, HOST]);
});

// Each test starts processes of its own, and some wait until a purchase is given up.
describe.concurrent('Jobalyzer over https', () => {
  useServers();

  it('is trusted with its private authority in NODE_EXTRA_CA_CERTS', async (context) => {
    const { expect } = context;
    const upstream = await secureUpstream(context, identity);
    const { url } = await launched(context, upstream);
    expect((await post(url, PayOnlyDocument, { answers: numbered() })).errors).toEqual([]);
    expect(upstream.bought()).toBe(1);
  });

  it.for([
    ['of an unknown authority', () => createAuthority().then((other) => other.issue([OWN_HOST])), 'unknown authority'],
    ['that has expired', () => authority.issue([OWN_HOST], -1), 'has expired (CERT_HAS_EXPIRED)'],
    ['of another host', () => authority.issue(['other.invalid']), 'for another host'],
  ] as const)('with a certificate %s gets nothing, and the client is told why', async ([, issue, said], context) => {
    const { expect } = context;
    const upstream = await secureUpstream(context, await issue());
    const { url, log } = await launched(context, upstream);
    const { errors } = await post(url, PayOnlyDocument, { answers: numbered() });
    expect(errors[0]).toMatchObject({ extensions: { code: 'UPSTREAM_UNAVAILABLE' } });
    expect(errors[0]?.message).toContain(said);
    expect(upstream.requests).toEqual([]);
    expect(log()).not.toContain('s3cret');
  });

  it('whose certificate becomes wrong has certainly not accepted a purchase, which is made later', async (context) => {
    const { expect } = context;
    const upstream = await secureUpstream(context, identity);
    const { url } = await launched(context, upstream);
    await expect.poll(() => post(url, LOOKUP)).toMatchObject({ errors: [] });
    await upstream.stop();
    upstream.options.identity = await authority.issue([OWN_HOST], -1);
    await upstream.start();
    const { errors } = await post(url, PayOnlyDocument, { answers: numbered() });
    expect(errors[0]).toMatchObject({ extensions: { code: 'UPSTREAM_UNAVAILABLE' } });
    expect(errors[0]?.message).toContain('has expired');
    await upstream.stop();
    upstream.options.identity = identity;
    await upstream.start();
    await expect.poll(() => post(url, PayOnlyDocument, { answers: numbered() })).toMatchObject({ errors: [] });
    expect([upstream.count('submit'), upstream.bought()]).toEqual([1, 1]);
  });
});

describe.concurrent('a proxy', () => {
  useServers();

  it.for(['HTTPS_PROXY', 'https_proxy'])(
    'of %s leads to tokens, purchases, polls and lookups',
    async (name, context) => {
      const { expect } = context;
      const { upstream, proxy, settings } = await behindProxy(context);
      const withUser = proxy.url.replace('://', '://jane:pass%20word@');
      const { url, log } = await launched(context, upstream, { ...settings, HTTPS_PROXY: '', [name]: withUser });
      expect((await post(url, PayOnlyDocument, { answers: numbered() })).errors).toEqual([]);
      expect((await post(url, LOOKUP)).errors).toEqual([]);
      expect(upstream.bought()).toBe(1);
      expect(new Set(upstream.requests.map(({ kind }) => kind))).toEqual(
        new Set(['token', 'submit', 'poll', 'lookup']),
      );
      expect(new Set(proxy.targets)).toEqual(new Set([`${HOST}:${upstream.port}`]));
      expect(new Set(proxy.authorizations)).toEqual(new Set([`Basic ${btoa('jane:pass word')}`]));
      expect(proxy.others).toEqual([]);
      expect(log()).toContain(proxy.url);
      expect(log()).not.toMatch(/jane|pass|Basic/);
    },
  );

  it('may speak TLS itself', async (context) => {
    const { expect } = context;
    const own = await authority.issue(['127.0.0.1']);
    const { upstream, proxy, settings } = await behindProxy(context, own);
    const { url } = await launched(context, upstream, settings);
    expect((await post(url, PayOnlyDocument, { answers: numbered() })).errors).toEqual([]);
    expect(proxy.targets.length).toBeGreaterThan(0);
  });

  it('is not used for hosts of NO_PROXY', async (context) => {
    const { expect } = context;
    const { upstream, proxy } = await behindProxy(context);
    const { url } = await launched(context, upstream, { HTTPS_PROXY: proxy.url, NO_PROXY: `a.example,${OWN_HOST}` });
    expect((await post(url, PayOnlyDocument, { answers: numbered() })).errors).toEqual([]);
    expect(proxy.targets).toEqual([]);
  });

  it('is not used for plain http to loopback', async (context) => {
    const { upstream, launch, expect } = context;
    const proxy = await startConnectProxy({ host: OWN_HOST, port: upstream.port });
    context.atEnd(() => proxy.close());
    const proxies = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, http_proxy: proxy.url };
    const server = launch(await directory(context), proxies);
    expect((await post(await server.listening, PayOnlyDocument, { answers: numbered() })).errors).toEqual([]);
    expect([proxy.targets, proxy.others]).toEqual([[], []]);
  });

  it.for([
    [407, 'the proxy rejects its credentials (407)'],
    [403, 'the proxy refused to open a tunnel (403)'],
    [502, 'the proxy refused to open a tunnel (502)'],
    ['reset', 'proxy cannot be reached'],
    ['silence', 'the proxy did not open a tunnel in time'],
  ] as const)(
    'that refuses (%s) means that nothing was bought, and it is bought later',
    async ([how, said], context) => {
      const { expect } = context;
      const { upstream, proxy, settings } = await behindProxy(context);
      const { url } = await launched(context, upstream, settings);
      expect((await post(url, LOOKUP)).errors).toEqual([]);
      proxy.refuse = how;
      const { errors } = await post(url, PayOnlyDocument, { answers: numbered() });
      expect(errors[0]).toMatchObject({ extensions: { code: 'UPSTREAM_UNAVAILABLE' } });
      expect(errors[0]?.message).toContain(said);
      expect(upstream.count('submit')).toBe(0);
      proxy.refuse = null;
      await expect.poll(() => post(url, PayOnlyDocument, { answers: numbered() })).toMatchObject({ errors: [] });
      expect([upstream.count('submit'), upstream.bought()]).toEqual([1, 1]);
    },
  );
});

async function secureUpstream({ atEnd }: TestContext, own: Identity): Promise<Upstream> {
  const upstream = await startUpstream({ identity: own });
  atEnd(() => upstream.close());
  return upstream;
}

interface BehindProxy {
  readonly upstream: Upstream;
  readonly proxy: ConnectProxy;
  /** For a server that knows upstream by a name that only the proxy can resolve. */
  readonly settings: Readonly<Record<string, string>>;
}

async function behindProxy(context: TestContext, own?: Identity): Promise<BehindProxy> {
  const upstream = await secureUpstream(context, identity);
  const proxy = await startConnectProxy({ host: OWN_HOST, port: upstream.port }, own);
  context.atEnd(() => proxy.close());
  const origin = `https://${HOST}:${upstream.port}`;
  return { upstream, proxy, settings: { JOBALYZER_URL: origin, JOBALYZER_AUTH_URL: origin, HTTPS_PROXY: proxy.url } };
}

async function launched(
  context: TestContext,
  upstream: Upstream,
  settings: Readonly<Record<string, string>> = {},
): Promise<{ readonly url: string; readonly log: () => string }> {
  const dataDir = await directory(context);
  const ca = join(dataDir, 'ca.pem');
  await writeFile(ca, authority.certificate);
  const given = serverSettings(upstream.url, dataDir, upstream.options);
  const server = launchServer({ settings: { ...given, NODE_EXTRA_CA_CERTS: ca, ...settings } });
  context.atEnd(() => server.end('SIGKILL'));
  return { url: await server.listening, log: server.log };
}

async function directory({ atEnd }: TestContext): Promise<string> {
  const { path, remove } = await newDirectory();
  atEnd(remove);
  return path;
}
