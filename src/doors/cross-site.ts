import type { IncomingHttpHeaders } from 'node:http';

/**
 * A page of another site can send simple requests without asking first (CORS preflight), and an operation can buy reports.
 * What each door demands, so that no such page can use it:
 *
 * - POST: a JSON body, for which browsers ask first.
 * - GET /graphql: one of these headers, for which browsers ask first (Apollo checks both).
 * - GET /graphql/stream: the same, or an allowed origin, because an EventSource cannot send headers.
 * - WebSocket: an allowed origin, because browsers never ask first.
 */
export const PREFLIGHT_HEADERS: readonly string[] = ['x-apollo-operation-name', 'apollo-require-preflight'];

export function hasPreflightHeader(headers: IncomingHttpHeaders): boolean {
  return PREFLIGHT_HEADERS.some((name) => headers[name]);
}

/** Whether the body is said to be JSON; browsers ask first for that, too. */
export function isJson({ 'content-type': type }: IncomingHttpHeaders): boolean {
  return type?.toLowerCase().startsWith('application/json') ?? false;
}

export interface CrossSitePolicy {
  /**
   * Browsers send the page's origin when it opens a WebSocket; other programs need not send one. Pages of this server itself
   * (the playground) are always allowed, others according to CORS_ORIGINS.
   */
  allowsOrigin(headers: IncomingHttpHeaders): boolean;
  /**
   * Why an event stream must not be opened, or null. Over plain http a browser may not send the page's origin with a GET.
   * `sec-fetch-site` tells another site's page that hides its origin from this server's own.
   */
  streamProblem(method: string, headers: IncomingHttpHeaders): string | null;
}

export function createCrossSitePolicy(allowed: '*' | readonly string[]): CrossSitePolicy {
  function allowsOrigin({ origin, host }: IncomingHttpHeaders): boolean {
    if (origin === undefined || allowed === '*' || allowed.includes(origin)) return true;
    return host !== undefined && URL.parse(origin)?.host === host.toLowerCase();
  }

  return {
    allowsOrigin,

    streamProblem(method, headers) {
      const { origin, 'sec-fetch-site': site } = headers;
      const foreign = origin === undefined && (site === 'cross-site' || site === 'same-site');
      if (foreign || !allowsOrigin(headers)) return 'Origin not allowed; see CORS_ORIGINS.';
      const ownPage = site === 'same-origin' || site === 'none';
      if (method === 'POST' || origin !== undefined || ownPage || hasPreflightHeader(headers)) return null;
      return `A GET request that is not from an allowed origin needs one of these headers: ${PREFLIGHT_HEADERS.join(', ')}.`;
    },
  };
}
