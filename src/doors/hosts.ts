import type { IncomingMessage } from 'node:http';
import { hostNameOf, isLocalOrAddress } from '../lib/host-name.js';
import type { Problem } from './problem.js';

/**
 * A page of `evil.example` can have its name point at this server (DNS rebinding): for the visitor's browser both are then one
 * origin, and nothing is cross-site any more. What it cannot change is the name, which the browser sends as `Host`.
 */
export interface Hosts {
  /** Where the client sent the request, as far as it is known. */
  addressOf(request: IncomingMessage): Address;
  /** Why the request must not be served under its host name, or null. */
  problemOf(request: IncomingMessage): Problem | null;
}

interface Address {
  /** As the client wrote it, with a port if it is not the usual one; null: there is none, or it is malformed. */
  readonly host: string | null;
  /** Null: nobody says it. */
  readonly protocol: string | null;
}

export interface HostOptions {
  /** Accepted besides local names and addresses, in the form of `hostNameOf`; `*` for any. */
  readonly allowed: '*' | readonly string[];
  /** How many proxies in front of this server may say which host and protocol the client used. */
  readonly trustProxy: number;
}

type Request = Pick<IncomingMessage, 'url' | 'headers' | 'rawHeaders'>;

export function createHosts({ allowed, trustProxy }: HostOptions): Hosts {
  function addressOf({ url = '', headers, rawHeaders }: Request): Address {
    // The host of a whole URL, as proxies get them, takes the place of the header.
    const written = (url.startsWith('/') ? undefined : AUTHORITY.exec(url)?.[1]) ?? headers.host;
    const host = forwarded(headers['x-forwarded-host'], trustProxy) ?? written ?? '';
    return {
      host: hasOneHostAtMost(rawHeaders) && hostNameOf(host) !== null ? host : null,
      protocol: forwarded(headers['x-forwarded-proto'], trustProxy)?.toLowerCase() ?? null,
    };
  }

  return {
    addressOf,

    problemOf(request) {
      const { host } = addressOf(request);
      if (host === null) {
        return { status: 400, code: 'BAD_REQUEST', message: 'The request must have one valid Host header.' };
      }
      const name = hostNameOf(host) ?? '';
      if (allowed === '*' || isLocalOrAddress(name) || allowed.includes(name)) return null;
      return { status: 403, code: 'FORBIDDEN', message: `The host ${name} is not allowed; see ALLOWED_HOSTS.` };
    },
  };
}

const AUTHORITY = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i;

/** Node shows the first one only. */
function hasOneHostAtMost(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts < 2;
}

/**
 * What the outermost of the trusted proxies says. Each may have appended a value to what it was sent; what stands before
 * their values anybody can have written.
 */
function forwarded(header: string | string[] | undefined, proxies: number): string | undefined {
  if (header === undefined || proxies === 0) return undefined;
  const values = String(header).split(',');
  return values[Math.max(0, values.length - proxies)]?.trim();
}
