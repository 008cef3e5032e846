import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Hosts } from './hosts.js';
import type { Problem } from './problem.js';

/**
 * A page of another site can send simple requests without asking first (CORS preflight), and an operation can buy reports.
 * What is demanded, so that no such page can use any door:
 *
 * - Everywhere: an allowed origin, if the browser sends one.
 * - POST: a JSON body, for which browsers ask first.
 * - GET /graphql: one of these headers, for which browsers ask first (Apollo checks both).
 * - GET /graphql/stream: the same, or an allowed origin, because an EventSource cannot send headers.
 * - WebSocket: browsers never ask first, but always send the origin.
 */
export const PREFLIGHT_HEADERS: readonly string[] = ['x-apollo-operation-name', 'apollo-require-preflight'];

/** Whether the body is said to be JSON; browsers ask first for that, too. */
export function isJson({ 'content-type': type }: IncomingHttpHeaders): boolean {
  return /^application\/json\s*(;|$)/i.test(type ?? '');
}

/** Whether a browser asks first before a page of another site sends a GET with these headers. */
export function isAskedFor(headers: IncomingHttpHeaders): boolean {
  return isJson(headers) || PREFLIGHT_HEADERS.some((name) => headers[name]);
}

/** Whether the browser says which page sent this: one that may, once `problemOf` has nothing against it. */
export function saysWhichPage({ origin, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  return origin !== undefined || site === 'same-origin' || site === 'none';
}

export const NOT_ASKED_FOR: Problem = {
  status: 400,
  code: 'BAD_REQUEST',
  message: `A GET request needs one of these headers, or a page of another site could send it (CSRF): ${PREFLIGHT_HEADERS.join(', ')}.`,
};

export interface CrossSitePolicy {
  /**
   * Why the page that sent this must not use the server, or null. Programs other than browsers need not send an origin. Pages
   * of this server itself (the playground) always may, others according to CORS_ORIGINS. `sec-fetch-site` tells another
   * site's page that hides its origin from this server's own.
   */
  problemOf(request: IncomingMessage): Problem | null;
}

/** Any page can have this origin, in a frame that is sandboxed or a file; so `*` does not allow it. */
const NOBODY = 'null';

export interface CrossSiteOptions {
  readonly corsOrigins: '*' | readonly string[];
  /** The origin under which browsers see this server; null: that of the request. */
  readonly publicOrigin: string | null;
  readonly hosts: Hosts;
}

export function createCrossSitePolicy({ corsOrigins, publicOrigin, hosts }: CrossSiteOptions): CrossSitePolicy {
  function isOwn(origin: string, request: IncomingMessage): boolean {
    if (origin === publicOrigin) return true;
    const { host, protocol } = hosts.addressOf(request);
    const page = URL.parse(origin);
    if (host === null || !page || !/^https?:$/.test(page.protocol)) return false;
    if (protocol !== null && page.protocol !== `${protocol}:`) return false;
    return page.host === URL.parse(`${page.protocol}//${host}`)?.host;
  }

  return {
    problemOf(request) {
      const { origin, 'sec-fetch-site': site } = request.headers;
      const allowed =
        origin === undefined
          ? site !== 'cross-site' && site !== 'same-site'
          : origin !== NOBODY && (corsOrigins === '*' || corsOrigins.includes(origin) || isOwn(origin, request));
      return allowed ? null : { status: 403, code: 'FORBIDDEN', message: 'Origin not allowed; see CORS_ORIGINS.' };
    },
  };
}
