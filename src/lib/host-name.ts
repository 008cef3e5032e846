import { isIP } from 'node:net';
import { remembered } from './remembered.js';

/**
 * The host of an authority such as `example.com:8080`, in the form in which browsers compare it: lower case, punycode, without
 * the port and a final dot. Null if it is malformed.
 */
export const hostNameOf = remembered((authority: string): string | null => {
  // What a URL has beside an authority, or takes for something else.
  if (/[\s/\\?#@%]/.test(authority)) return null;
  return URL.parse(`http://${authority}`)?.hostname.replace(/\.$/, '') || null;
});

/**
 * Whether no domain name server has a say in it: an address, or a name of this machine. A page of a site whose name an
 * attacker points at this machine never has such a host.
 */
export const isLocalOrAddress = remembered(
  (name: string): boolean =>
    name === 'localhost' || name.endsWith('.localhost') || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0,
);
