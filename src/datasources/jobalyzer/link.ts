/**
 * Reduces an upstream link to its path and query at the configured origin. Null for a link to another origin, with user
 * info, or outside Jobalyzer's paths. The host is never stored, so a stored link cannot send the bearer token to another
 * host.
 */
export function followableLink(link: string, apiUrl: string): string | null {
  const base = new URL(apiUrl);
  // The URL parser drops line breaks and leaves encoded slashes for the next reader of the path to interpret.
  if (/[\s\p{Cc}\\]/u.test(link)) return null;
  const url = URL.parse(link, base.href);
  if (url === null || /%(2f|5c)/i.test(url.pathname)) return null;
  if (url.origin !== base.origin || url.username !== '' || url.password !== '') return null;
  const prefix = `${base.pathname.replace(/\/$/, '')}/jobalyzer/`;
  return url.pathname.startsWith(prefix) ? `${url.pathname}${url.search}` : null;
}

/** The path to poll for a stored link: `customerId` and `user` are set here, replacing any in the link. */
export function collectionPath(link: string, customerId: string): string {
  const url = new URL(link, 'http://unused.invalid');
  // In any letter case: a duplicate parameter would make it ambiguous which customer is meant.
  for (const name of [...url.searchParams.keys()]) {
    if (/^(customerId|user)$/i.test(name)) url.searchParams.delete(name);
  }
  url.searchParams.set('customerId', customerId);
  url.searchParams.set('user', customerId);
  return `${url.pathname}${url.search}`;
}
