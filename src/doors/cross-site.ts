/** Whether a page may use an endpoint that no CORS preflight protects. */
export type AllowsOrigin = (origin: string | undefined, host: string | undefined) => boolean;

/**
 * Browsers send the page's origin when it opens a WebSocket; other programs need not send one. Pages of this server itself
 * (the playground) are always allowed, others according to CORS_ORIGINS.
 */
export function createOriginCheck(allowed: '*' | readonly string[]): AllowsOrigin {
  return (origin, host) => {
    if (origin === undefined || allowed === '*' || allowed.includes(origin)) return true;
    return host !== undefined && URL.parse(origin)?.host === host.toLowerCase();
  };
}
