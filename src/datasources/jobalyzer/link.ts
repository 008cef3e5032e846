/** A longer link is none: no server accepts it. */
const LONGEST_LINK = 8_192;

/** Scheme, host, path, query. The fragment is not sent. */
const LINK = /^(?:https?:(?:\/\/(?<host>[^/?#]*))?)?(?<path>[^?#]*)(?<query>\?[^#]*)?(?:#.*)?$/iu;
/** Without a scheme, `//host/path` or a path with a doubled slash. */
const HOST_ONLY = /^\/\/[^/?#]*(?=\/)/u;

/**
 * The path and query of an upstream link, byte for byte, for a request to the configured origin: scheme and host of the link
 * are not used, so that it cannot send the bearer token anywhere else. Null if its path is not one of Jobalyzer's, or might
 * be another one for the next reader of the path. A link without the base path of `apiUrl` gets it: upstream need not know
 * of a gateway in front of it.
 */
export function followableLink(link: string, apiUrl: string): string | null {
  const given = link.trim();
  if (given.length > LONGEST_LINK || /[\p{Cc}\\]/u.test(given)) return null;
  const { host, path = '', query = '' } = LINK.exec(given)?.groups ?? {};
  if (host?.includes('@')) return null;
  const basePath = new URL(apiUrl).pathname.replace(/\/$/, '');
  for (const candidate of [path, path.replace(HOST_ONLY, '')]) {
    const rooted = candidate.startsWith('/') ? candidate : `/${candidate}`;
    const place = placeOf(rooted, basePath);
    if (place !== null) return encoded(`${place}${query}`);
  }
  return null;
}

function placeOf(path: string, basePath: string): string | null {
  // What some readers of a path take for a slash, a dot or its end, also when it is decoded twice.
  if (/%(25)*(5c|00)/i.test(path) || path.split(/\/|%(?:25)*2f/i).some(isDotSegment)) return null;
  // Letter case and doubled slashes differ between the servers in front of upstream; what is sent is what was received.
  const plain = path.replace(/\/{2,}/g, '/').toLowerCase();
  if (plain.startsWith(`${basePath.toLowerCase()}/jobalyzer/`)) return path;
  return plain.startsWith('/jobalyzer/') ? `${basePath}${path}` : null;
}

/** `.` and `..`, in any encoding, and with the parameters that some servers remove. */
function isDotSegment(segment: string): boolean {
  return /^\.{1,2}(;|$)/.test(segment.replace(/%(25)*2e/gi, '.').replace(/%(25)*3b/gi, ';'));
}

/** What cannot be part of a request line is percent-encoded; everything else stays as it was received. */
function encoded(path: string): string {
  return path.replace(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(character.toWellFormed()));
}

/** The path to poll for a stored link: `customerId` and `user` are added where they are missing, and nothing is changed. */
export function collectionPath(link: string, customerId: string): string {
  const at = link.indexOf('?');
  const names =
    at < 0
      ? []
      : link
          .slice(at + 1)
          .split('&')
          .map(parameterName);
  // In any letter case: a duplicate parameter would make it ambiguous which customer is meant.
  const missing = ['customerId', 'user'].filter((name) => !names.includes(name.toLowerCase()));
  if (missing.length === 0) return link;
  const joint = at < 0 ? '?' : /[?&]$/.test(link) ? '' : '&';
  return `${link}${joint}${missing.map((name) => `${name}=${encodeURIComponent(customerId)}`).join('&')}`;
}

function parameterName(parameter: string): string {
  const [name = ''] = parameter.split('=', 1);
  try {
    return decodeURIComponent(name.replaceAll('+', ' ')).toLowerCase();
  } catch {
    return name.toLowerCase();
  }
}
