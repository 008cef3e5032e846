import { z } from 'zod';
import { hostNameOf } from '../lib/host-name.js';

/** The kinds of values that settings have, each with its bounds and what is said of any other value. */

/** A whole number. */
export const integer = (least: number, most: number) =>
  z
    .string()
    .transform((value) => (/^\d{1,15}$/.test(value.trim()) ? Number(value) : Number.NaN))
    .refine((value) => value >= least && value <= most, `must be a whole number from ${least} to ${most}`);

export const flag = z
  .enum(['true', 'false'], { error: 'must be true or false' })
  .transform((value) => value === 'true');

export const text = z.string();

/** Where a service is that gets a token: it must not be sent unencrypted, and a URL that is logged must not contain secrets. */
export const url = z
  .string()
  .refine(
    isUpstreamUrl,
    'must be an https URL without user info, query or fragment; http is allowed for loopback only',
  );

/** Where keys are that others are believed by. */
export const keysUrl = text.refine(
  isKeysUrl,
  'must be an https URL without user info and fragment; http is allowed for loopback only',
);

/** Names of clients. */
export const names = text.transform(parseNames);

/** An address as browsers see it. */
export const publicUrl = text.refine(isPublicUrl, 'must be an http or https URL without user info, query or fragment');

/** Names of hosts, or `*` for any. */
export const hosts = text.transform(parseHosts);

/** Origins of pages, or `*` for any. */
export const origins = text.transform(parseOrigins);

function isUpstreamUrl(value: string): boolean {
  const parsed = URL.parse(value);
  return parsed !== null && isSecure(parsed) && !parsed.search;
}

function isKeysUrl(value: string): boolean {
  const parsed = URL.parse(value);
  return parsed !== null && isSecure(parsed);
}

/** Nobody on the way can read or change what is exchanged. */
function isSecure({ protocol, hostname, username, password, hash }: URL): boolean {
  if (username || password || hash) return false;
  const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && loopback);
}

function isPublicUrl(value: string): boolean {
  const parsed = URL.parse(value);
  if (!parsed || parsed.username || parsed.password || parsed.search || parsed.hash) return false;
  return parsed.protocol === 'https:' || parsed.protocol === 'http:';
}

function parseNames(value: string, context: z.RefinementCtx): readonly string[] {
  const given = value.split(',').map((name) => name.trim());
  if (!given.includes('')) return Object.freeze(given);
  context.addIssue({ code: 'custom', message: 'must be a comma-separated list of names of clients' });
  return z.NEVER;
}

function parseHosts(value: string, context: z.RefinementCtx): '*' | readonly string[] {
  if (value.trim() === '*') return '*';
  const given = value.split(',').map((host) => host.trim());
  const wrong = given.find((host) => host.includes('*') || /:\d*$/.test(host) || hostNameOf(host) === null);
  if (wrong === undefined) return Object.freeze(given.map((host) => hostNameOf(host) ?? ''));
  context.addIssue({
    code: 'custom',
    message: `contains ${JSON.stringify(wrong)}, which is not a host name; allowed are * or a comma-separated list such as api.example.com, without ports`,
  });
  return z.NEVER;
}

function parseOrigins(value: string, context: z.RefinementCtx): '*' | readonly string[] {
  if (value.trim() === '*') return '*';
  const given = value.split(',').map((origin) => origin.trim());
  const wrong = given.find((origin) => !isOrigin(origin));
  if (wrong === undefined) return Object.freeze(given);
  context.addIssue({
    code: 'custom',
    message: `contains ${JSON.stringify(wrong)}, which is not an origin; allowed are * or a comma-separated list such as https://app.example.com`,
  });
  return z.NEVER;
}

/**
 * As a browser writes it. The pages of an installed app have a scheme of their own (`capacitor://localhost`), in which a URL
 * has no origin by itself. `null` is not one: every page can have it, as a frame in a sandbox.
 */
function isOrigin(value: string): boolean {
  const parsed = URL.parse(value);
  if (!parsed || value.includes('*')) return false;
  const own = parsed.origin === 'null' && parsed.protocol !== 'file:' && value === `${parsed.protocol}//${parsed.host}`;
  return parsed.host !== '' && (parsed.origin === value || own);
}
