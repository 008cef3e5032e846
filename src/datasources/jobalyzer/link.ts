/**
 * A link of upstream's, reduced to the path and query that may be asked for at the configured origin; null for any link
 * that leads elsewhere, carries user info, or leaves Jobalyzer's paths. What is kept is never a host: a link cannot take
 * the bearer anywhere else, today or after it has lain in the ledger.
 */
export function followableLink(link: string, apiUrl: string): string | null {
  const base = new URL(apiUrl);
  // URL parsing drops line breaks and leaves encoded slashes to whoever reads the path next.
  if (/[\s\p{Cc}\\]/u.test(link)) return null;
  const url = URL.parse(link, base.href);
  if (url === null || /%(2f|5c)/i.test(url.pathname)) return null;
  if (url.origin !== base.origin || url.username !== '' || url.password !== '') return null;
  const prefix = `${base.pathname.replace(/\/$/, '')}/jobalyzer/`;
  return url.pathname.startsWith(prefix) ? `${url.pathname}${url.search}` : null;
}

/** The path to ask for a kept link: with `customerId` and `user`, whatever the link said of them itself. */
export function collectionPath(link: string, customerId: string): string {
  const url = new URL(link, 'http://unused.invalid');
  // In whatever letter case: a second one would leave open whose report this is.
  for (const name of [...url.searchParams.keys()]) {
    if (/^(customerId|user)$/i.test(name)) url.searchParams.delete(name);
  }
  url.searchParams.set('customerId', customerId);
  url.searchParams.set('user', customerId);
  return `${url.pathname}${url.search}`;
}
