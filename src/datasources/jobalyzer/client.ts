import type { Logger } from 'pino';
import { sendAuthorized, type AuthorizedCall } from './authorized.js';
import { createCallLog, type CallKind, type UpstreamObserver } from './call-log.js';
import { openPool, type HttpPool, type PoolOptions } from './connection-pool.js';
import { checkCredentials } from './credential-check.js';
import { withCookies } from './cookies.js';
import { encodeReportsRequest } from './encode.js';
import type { HttpOutcome, HttpRequest } from './http.js';
import { collectionPath, followableLink } from './link.js';
import { pollOutcome, type PollOutcome } from './poll-response.js';
import { purchaseOutcome, readPurchase, type PurchasedReport, type PurchaseOutcome } from './purchase-response.js';
import { observingTime } from './server-time.js';
import { createReach } from './reach.js';
import { createTokenSource, type TokenCondition } from './token.js';
import { openUsageLog } from './usage-log/open.js';
import type { UsageLog } from './usage-log/usage-log.js';
import type { Proxy } from '../../lib/proxy.js';
import type { ReportsRequest, ReportType } from '../../model/report.js';

export interface JobalyzerSettings {
  /** The API's base URL. Links are only followed to its origin. */
  readonly apiUrl: string;
  readonly authUrl: string;
  /** The proxies to the two; null: none. */
  readonly apiProxy?: Proxy | null;
  readonly authProxy?: Proxy | null;
  /** Where the usage log is, and the proxy to it; null: it is not read. */
  readonly usageUrl?: string | null;
  readonly usageProxy?: Proxy | null;
  readonly apiVersion: 'v1' | 'v2';
  readonly clientId: string;
  /** The secret by now: it may be renewed while the server runs. */
  readonly clientSecret: () => string;
  readonly customerId: string;
  readonly timeouts?: Partial<Timeouts>;
}

/** Timeouts of one HTTP request with its response, in milliseconds. */
export type Timeouts = Readonly<Record<CallKind, number>>;

/** That of a purchase is long, because an abandoned purchase may still be billed; that of the usage log, because it may be huge. */
const TIMEOUTS: Timeouts = { token: 10_000, submit: 30_000, poll: 10_000, lookup: 10_000, usage: 15 * 60_000 };

export interface JobalyzerClient {
  /** By which the usage log names whose request it was. */
  readonly clientId: string;
  /** Sent as `customerId` and `user` with every `lookup`. */
  readonly customerId: string;
  /** The version of the API, for the paths of a `lookup`. */
  readonly apiVersion: 'v1' | 'v2';
  /**
   * Buys the given types in one POST, which is sent at most once, apart from one retry after a 401. `beforeConnect` runs
   * once a token and a connection slot are available, `beforeSend` once there is a connection, before any byte is sent, with
   * the body; if one of them fails, nothing is sent. `beforeFirstByte` is the last thing before the first byte of it, and again
   * of the retry; if it throws, that is not sent. The next purchase that waits for a connection slot gets this one's after
   * `settled`, so that it may depend on what this one came to. This method rejects (with the error of one of these, an error of
   * the token source, or the signal's reason) only if upstream certainly accepted nothing. The signal cancels nothing any more
   * once `beforeSend` has been called.
   */
  purchase(
    request: ReportsRequest,
    types: readonly ReportType[],
    sending: {
      readonly beforeConnect: () => void;
      readonly beforeSend: (body: string) => Promise<void>;
      readonly beforeFirstByte: () => void;
      readonly settled: Promise<void>;
    },
    signal: AbortSignal,
  ): Promise<PurchaseOutcome>;
  /** What the stored 2xx body of a purchase says about each of its types. No I/O. */
  readPurchase(body: string, types: readonly ReportType[]): ReadonlyMap<ReportType, PurchasedReport>;
  /** The path and query of a link of upstream's, as it is stored; null if it must not be followed. No I/O. */
  followable(link: string): string | null;
  /** Polls a report once, by its stored link. Throws what the token source throws. */
  poll(polled: Polled, signal: AbortSignal): Promise<PollResult>;
  /** A GET of a synchronous endpoint. Throws what the token source throws. */
  lookup(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpOutcome>;
  /** Null: it is not known where it is. */
  readonly usageLog: UsageLog | null;
  /** The secret is another one: it is tried at the next need of a token, whatever became of the former one. */
  credentialsChanged(): void;
  /** Requests a token in the background, and again while there is none, so that wrong credentials are known. */
  checkCredentials(): void;
  condition(): UpstreamCondition;
  close(): Promise<void>;
}

/** How upstream serves, as far as calls have told. */
export interface UpstreamCondition {
  readonly token: TokenCondition;
  /** Which of its hosts did not answer the latest call at all. */
  readonly outOfReach: readonly ('accounts' | 'api')[];
}

/** What is polled: a report by its stored link, with the cookies that upstream set. */
interface Polled {
  readonly type: ReportType;
  readonly link: string;
  readonly cookies: string | null;
  /** Whether it was bought lately: such reports have a share of the connections of their own. */
  readonly isNew?: boolean;
}

export interface PollResult {
  readonly outcome: PollOutcome;
  /** For the next poll. */
  readonly cookies: string | null;
}

export interface ClientObservers {
  /** Called with the time in each response, epoch ms. */
  readonly time?: (serverTime: number) => void;
  readonly upstream?: UpstreamObserver;
  /** More headers of every call that is made now, which pass a trace on. */
  readonly headers?: () => Readonly<Record<string, string>>;
}

export function createJobalyzerClient(
  settings: JobalyzerSettings,
  log: Logger,
  { time: observeTime = () => undefined, upstream, headers: moreHeaders = () => ({}) }: ClientObservers = {},
): JobalyzerClient {
  const { apiUrl, apiProxy = null, authUrl, authProxy = null, apiVersion, clientId, customerId } = settings;
  const timeouts = { ...TIMEOUTS, ...settings.timeouts };
  const basePath = basePathOf(apiUrl);
  // A pool for each kind of call, so that slow calls of one kind do not block the others.
  const reach = { accounts: createReach(), api: createReach() };
  const hosts = { accounts: { url: authUrl, proxy: authProxy }, api: { url: apiUrl, proxy: apiProxy } };
  function open(host: keyof typeof hosts, connections: Omit<PoolOptions, 'proxy'>): HttpPool {
    const { url, proxy } = hosts[host];
    return reach[host].observing(observingTime(openPool(new URL(url).origin, { ...connections, proxy }), observeTime));
  }
  const pools = {
    accounts: open('accounts', { connections: 2, keepAlive: false }),
    buying: open('api', { connections: 32, keepAlive: false }),
    collecting: open('api', { connections: 48, slowConnections: 48, keepAlive: true }),
    lookups: open('api', { connections: 16, slowConnections: 16, keepAlive: true }),
  };
  const closing = new AbortController();
  const logged = createCallLog(log, upstream);
  const tokens = createTokenSource(
    () =>
      logged(
        'token',
        pools.accounts.withConnection(closing.signal, (sendNow) => sendNow(tokenRequest(settings, timeouts.token))),
      ),
    { onRefresh: (outcome) => upstream?.tokenRefreshed(outcome) },
  );
  const { usageUrl = null, usageProxy: proxy = null } = settings;
  const usageLog =
    usageUrl === null
      ? null
      : openUsageLog({ url: usageUrl, proxy, customerId, tokens, deadlineMs: timeouts.usage, log, observer: upstream });
  function send(call: AuthorizedCall, signal: AbortSignal): Promise<HttpOutcome> {
    const headers = { ...call.request.headers, ...moreHeaders() };
    return sendAuthorized({ ...call, request: { ...call.request, headers } }, tokens, signal, logged);
  }

  return {
    clientId,
    customerId,
    apiVersion,

    async purchase(report, types, { beforeConnect, beforeSend, beforeFirstByte, settled }, signal) {
      const body = JSON.stringify(encodeReportsRequest(report, types, customerId));
      const request: HttpRequest = {
        method: 'POST',
        path: `${basePath}/jobalyzer/${apiVersion}/reports`,
        headers: { 'content-type': 'application/json' },
        body,
        deadlineMs: timeouts.submit,
        // A server that is shutting down must still learn the outcome of its purchases.
        unstoppable: true,
        beforeFirstByte,
      };
      const preparation = { beforeConnect, beforeSend: () => beforeSend(body) };
      const outcome = await send(
        { call: 'submit', pool: pools.buying, request, preparation, heldUntil: settled },
        signal,
      );
      return purchaseOutcome(outcome, Date.now());
    },

    readPurchase: (body, types) => readPurchase(body, types, apiUrl),
    followable: (link) => followableLink(link, apiUrl),

    async poll({ type, link, cookies, isNew = false }, signal) {
      const headers = cookies === null ? {} : { cookie: cookies };
      const request = { ...get(collectionPath(link, customerId), timeouts.poll), headers };
      const response = await send(
        { call: 'poll', pool: pools.collecting, request, share: { key: link, isNew } },
        signal,
      );
      return {
        outcome: pollOutcome(response, type, Date.now()),
        cookies: response.kind === 'response' ? withCookies(cookies, response.headers['set-cookie']) : cookies,
      };
    },

    lookup(path, query, signal) {
      const request = get(`${basePath}${path}?${new URLSearchParams(query)}`, timeouts.lookup);
      return send({ call: 'lookup', pool: pools.lookups, request, share: { key: request.path, isNew: true } }, signal);
    },

    usageLog,

    credentialsChanged: () => tokens.forgetFailures(),

    checkCredentials: () => void checkCredentials(tokens, log, closing.signal),

    condition: () => ({
      token: tokens.condition(),
      outOfReach: (['accounts', 'api'] as const).filter((host) => reach[host].isOut()),
    }),

    async close() {
      closing.abort(new Error('The client was closed.'));
      await Promise.all([usageLog?.close(), ...Object.values(pools).map((pool) => pool.close())]);
    },
  };
}

function get(path: string, deadlineMs: number): HttpRequest {
  return { method: 'GET', path, headers: {}, deadlineMs };
}

function tokenRequest({ authUrl, clientId, clientSecret }: JobalyzerSettings, deadlineMs: number): HttpRequest {
  return {
    method: 'POST',
    path: `${basePathOf(authUrl)}/connect/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'jobalyzer',
      client_id: clientId,
      client_secret: clientSecret(),
    }).toString(),
    deadlineMs,
  };
}

function basePathOf(url: string): string {
  return new URL(url).pathname.replace(/\/$/, '');
}
