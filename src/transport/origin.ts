/** Whether a page may use a door that no preflight guards. */
export type AllowsOrigin = (origin: string | undefined, host: string | undefined) => boolean;

/**
 * Browsers tell the page's origin when it opens a socket; programs need not say any. Pages of this server itself (the
 * playground) are always allowed, others as CORS_ORIGINS says.
 */
export function createOriginCheck(allowed: '*' | readonly string[]): AllowsOrigin {
  return (origin, host) => {
    if (origin === undefined || allowed === '*' || allowed.includes(origin)) return true;
    return host !== undefined && URL.parse(origin)?.host === host.toLowerCase();
  };
}
