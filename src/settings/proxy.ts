import { BlockList, isIP } from 'node:net';
import type { Proxy } from '../lib/proxy.js';
import { Secret } from '../lib/secret.js';

/** Null if the value of `HTTPS_PROXY` is none. As everywhere, `http://` may be omitted. */
export function parseProxy(value: string): Proxy | null {
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`);
  if (!url || !url.hostname || !['http:', 'https:'].includes(url.protocol)) return null;
  if (url.pathname !== '/' || url.search || url.hash) return null;
  try {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    const authorization =
      credentials === ':' ? null : new Secret(`Basic ${Buffer.from(credentials).toString('base64')}`);
    return Object.freeze({ origin: url.origin, authorization });
  } catch {
    return null;
  }
}

/**
 * Whether a connection to `target` goes through the proxy. Plain http, which is used to loopback only, never does. `noProxy`
 * is the list of `NO_PROXY`: host names, each with its subdomains, addresses, networks such as `10.0.0.0/8`, all of them
 * perhaps with a port; or `*`.
 */
export function goesThroughProxy(target: string, noProxy: string): boolean {
  const { protocol, hostname, port } = new URL(target);
  if (protocol !== 'https:') return false;
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const exceptions = noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  return !exceptions.some((exception) => isException(exception, host, port || '443'));
}

function isException(exception: string, host: string, port: string): boolean {
  if (exception === '*') return true;
  // An address of IPv6 has brackets around it, if it has a port.
  const [, bracketed, plain, given] = /^(?:\[(.+)\]|([^:]*))(?::(\d+))?$/.exec(exception) ?? ['', undefined, exception];
  const name = (bracketed ?? plain ?? '').replace(/^\*?\./, '').replace(/\.$/, '');
  if (given !== undefined && given !== port) return false;
  if (isIP(host)) return isAddressIn(name, host);
  return name !== '' && (host === name || host.endsWith(`.${name}`));
}

function isAddressIn(network: string, address: string): boolean {
  const [base = '', bits] = network.split('/');
  const family = isIP(address);
  if (isIP(base) !== family) return false;
  const list = new BlockList();
  const kind = family === 6 ? 'ipv6' : 'ipv4';
  const length = bits === undefined ? (family === 6 ? 128 : 32) : Number(bits || Number.NaN);
  if (!Number.isInteger(length) || length < 0 || length > (family === 6 ? 128 : 32)) return false;
  list.addSubnet(base, length, kind);
  return list.check(address, kind);
}
