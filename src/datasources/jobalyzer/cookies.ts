import type { HttpHeaders } from './http.js';

/** Those of a load balancer are few and short. */
const MOST_COOKIES = 8;
const LONGEST_COOKIES = 4_096;
/** A name and a value as RFC 6265 allows them; so nothing in them can end a header. */
const COOKIE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=("?[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*"?)$/;

/**
 * A `Cookie` header with what this `Set-Cookie` header changes: affinity cookies, which lead the polls of a link to the
 * instance that makes its report. Only names and values are kept, and they are only ever sent to the API. Null: none.
 */
export function withCookies(cookies: string | null, setCookie: HttpHeaders[string]): string | null {
  const kept = new Map((cookies ?? '').split('; ').flatMap(parsed));
  for (const header of [setCookie ?? []].flat()) {
    const [pair = '', ...attributes] = header.split(';').map((part) => part.trim());
    for (const [name, value] of parsed(pair)) {
      kept.delete(name);
      if (!attributes.some((attribute) => /^max-age=(0|-\d+)$/i.test(attribute))) kept.set(name, value);
    }
  }
  const pairs = [...kept].slice(-MOST_COOKIES).map(([name, value]) => `${name}=${value}`);
  while (pairs.join('; ').length > LONGEST_COOKIES) pairs.shift();
  return pairs.join('; ') || null;
}

function parsed(pair: string): [name: string, value: string][] {
  const [, name, value] = COOKIE.exec(pair) ?? [];
  return name !== undefined && value !== undefined ? [[name, value]] : [];
}
