import type { Logger } from 'pino';
import { encodeReportsRequest } from './encode.js';
import { openPool, type Exchange, type HttpPool, type HttpRequest } from './connection-pool.js';
import { collectionPath } from './link.js';
import { pollOutcome, submissionOutcome, type PollOutcome, type SubmissionOutcome } from './operation.js';
import { createTokenSource } from './token.js';
import type { ReportsRequest, ReportType } from '../../model/report.js';

export interface JobalyzerSettings {
  /** The API's base URL. Links are only followed to its origin. */
  readonly apiUrl: string;
  readonly authUrl: string;
  readonly apiVersion: 'v1' | 'v2';
  readonly clientId: string;
  readonly clientSecret: string;
  readonly customerId: string;
  readonly timeouts?: Partial<Timeouts>;
}

/** Timeouts of one HTTP exchange, in milliseconds. */
export interface Timeouts {
  readonly token: number;
  /** Long, because an abandoned purchase may still be billed. */
  readonly submit: number;
  readonly poll: number;
  readonly lookup: number;
}

const TIMEOUTS: Timeouts = { token: 10_000, submit: 30_000, poll: 10_000, lookup: 10_000 };

export interface JobalyzerClient {
  /** Sent as `customerId` and `user` with every `lookup`. */
  readonly customerId: string;
  /**
   * Buys the given types in one POST, which is sent at most once, apart from one retry after a 401. `beforeSend` runs
   * once a token and a connection are available, before any byte is sent; if it rejects, nothing is sent. This method
   * rejects (with that error, an error of the token source, or the signal's reason) only if upstream certainly accepted
   * nothing. The signal does not cancel a request that is being sent.
   */
  submit(
    request: ReportsRequest,
    types: readonly ReportType[],
    beforeSend: () => Promise<void>,
    signal: AbortSignal,
  ): Promise<SubmissionOutcome>;
  /** Polls a report once, by its stored link. Throws what the token source throws. */
  poll(link: string, signal: AbortSignal): Promise<PollOutcome>;
  /** A GET of a synchronous endpoint. Throws what the token source throws. */
  lookup(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Exchange>;
  close(): Promise<void>;
}

export function createJobalyzerClient(settings: JobalyzerSettings, log: Logger): JobalyzerClient {
  const timeouts = { ...TIMEOUTS, ...settings.timeouts };
  const basePath = new URL(settings.apiUrl).pathname.replace(/\/$/, '');
  // A pool for each kind of call, so that slow calls of one kind do not block the others.
  const accounts = openPool(new URL(settings.authUrl).origin, { connections: 2, keepAlive: false });
  const buying = openPool(new URL(settings.apiUrl).origin, { connections: 32, keepAlive: false });
  const collecting = openPool(new URL(settings.apiUrl).origin, { connections: 64, keepAlive: true });
  const lookups = openPool(new URL(settings.apiUrl).origin, { connections: 16, keepAlive: true });
  const closing = new AbortController();

  const tokens = createTokenSource(() =>
    observed('token', accounts.exchange(tokenRequest(settings, timeouts), closing.signal)),
  );

  async function observed(call: string, exchange: Promise<Exchange>): Promise<Exchange> {
    const startedAt = performance.now();
    const result = await exchange;
    const line = {
      call,
      ms: Math.round(performance.now() - startedAt),
      status: result.kind === 'answered' ? result.status : null,
    };
    if (result.kind === 'answered' && result.status < 400) log.info(line, 'upstream');
    else if (result.kind === 'answered') log.warn(line, 'upstream');
    else log.warn({ ...line, sent: result.sent, timedOut: result.timedOut, cause: causeOf(result.cause) }, 'upstream');
    return result;
  }

  /** Sends the request with a token; retries once with a newer token after a 401. */
  async function authorized(
    call: string,
    pool: HttpPool,
    request: HttpRequest,
    signal: AbortSignal,
    beforeSend?: () => Promise<void>,
  ): Promise<Exchange> {
    const attempt = async (before?: () => Promise<void>): Promise<{ result: Exchange; refused: boolean }> => {
      const token = await tokens.get(signal);
      const headers = { ...request.headers, authorization: `Bearer ${token.value}` };
      const result = await observed(call, pool.exchange({ ...request, headers }, signal, before));
      const refused = result.kind === 'answered' && result.status === 401;
      if (refused) tokens.markRejected(token);
      else if (result.kind === 'answered') tokens.markAccepted(token);
      return { result, refused };
    };
    const first = await attempt(beforeSend);
    return first.refused ? (await attempt()).result : first.result;
  }

  return {
    customerId: settings.customerId,

    async submit(request, types, beforeSend, signal) {
      const exchange = await authorized(
        'submit',
        buying,
        {
          method: 'POST',
          path: `${basePath}/jobalyzer/${settings.apiVersion}/reports`,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(encodeReportsRequest(request, types, settings.customerId)),
          deadlineMs: timeouts.submit,
          // A server that is shutting down must still learn the outcome of its purchases.
          unstoppable: true,
        },
        signal,
        beforeSend,
      );
      return submissionOutcome(exchange, Date.now());
    },

    async poll(link, signal) {
      const path = collectionPath(link, settings.customerId);
      const exchange = await authorized(
        'poll',
        collecting,
        { method: 'GET', path, headers: {}, deadlineMs: timeouts.poll },
        signal,
      );
      return pollOutcome(exchange, Date.now());
    },

    lookup(path, query, signal) {
      const parameters = new URLSearchParams(query);
      return authorized(
        'lookup',
        lookups,
        { method: 'GET', path: `${basePath}${path}?${parameters}`, headers: {}, deadlineMs: timeouts.lookup },
        signal,
      );
    },

    async close() {
      closing.abort(new Error('The client was closed.'));
      await Promise.all([accounts.close(), buying.close(), collecting.close(), lookups.close()]);
    },
  };
}

function tokenRequest(settings: JobalyzerSettings, timeouts: Timeouts): HttpRequest {
  return {
    method: 'POST',
    path: `${new URL(settings.authUrl).pathname.replace(/\/$/, '')}/connect/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'jobalyzer',
      client_id: settings.clientId,
      client_secret: settings.clientSecret,
    }).toString(),
    deadlineMs: timeouts.token,
  };
}

/** The error's code or name only: its message could contain a URL. */
function causeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
