import { z } from 'zod';
import type { Proxy } from '../lib/proxy.js';
import { Secret } from '../lib/secret.js';
import { text, url } from './kinds.js';
import { goesThroughProxy, parseProxy } from './proxy.js';

/** The settings of this concern. */
export const jobalyzerSettings = {
  JOBALYZER_CLIENT_ID: text.optional(),
  JOBALYZER_CLIENT_SECRET: text.optional(),
  JOBALYZER_CLIENT_SECRET_FILE: text.optional(),
  JOBALYZER_URL: url.optional(),
  JOBALYZER_AUTH_URL: url.optional(),
  JOBALYZER_API_VERSION: z.enum(['v1', 'v2'], { error: 'must be v1 or v2' }).default('v1'),
  JOBALYZER_CUSTOMER_ID: text.optional(),
  JOBALYZER_USAGE_URL: url.optional(),
  JOBALYZER_API_KEY: text.optional(),
  HTTPS_PROXY: text.optional(),
  NO_PROXY: text.optional(),
};

/** The real service's URLs and the credentials to use with it. */
export interface JobalyzerAccount {
  readonly apiUrl: string;
  readonly authUrl: string;
  /** Where the usage log is. Null: it is not read. */
  readonly usageUrl: string | null;
  /** The proxies through which the three are reached; null: directly. */
  readonly apiProxy: Proxy | null;
  readonly authProxy: Proxy | null;
  readonly usageProxy: Proxy | null;
  readonly apiVersion: 'v1' | 'v2';
  readonly clientId: string;
  /** Null: it is in `clientSecretFile`. */
  readonly clientSecret: Secret | null;
  readonly clientSecretFile: string | null;
  readonly customerId: string;
}

type Parsed = { readonly [K in keyof typeof jobalyzerSettings]: z.output<(typeof jobalyzerSettings)[K]> };

/** Null: the simulator is used. */
export function jobalyzerOf(parsed: Parsed): JobalyzerAccount | null {
  if (parsed.JOBALYZER_CLIENT_ID === undefined) return null;
  const apiUrl = parsed.JOBALYZER_URL ?? 'https://jobalyzer.payscale.com';
  const authUrl = parsed.JOBALYZER_AUTH_URL ?? 'https://accounts.payscale.com';
  const usageUrl = parsed.JOBALYZER_USAGE_URL ?? null;
  const proxy = parseProxy(parsed.HTTPS_PROXY ?? '');
  const proxyTo = (url: string): Proxy | null => (goesThroughProxy(url, parsed.NO_PROXY ?? '') ? proxy : null);
  return Object.freeze({
    apiUrl,
    authUrl,
    usageUrl,
    apiProxy: proxyTo(apiUrl),
    authProxy: proxyTo(authUrl),
    usageProxy: usageUrl === null ? null : proxyTo(usageUrl),
    apiVersion: parsed.JOBALYZER_API_VERSION,
    clientId: parsed.JOBALYZER_CLIENT_ID,
    clientSecret: parsed.JOBALYZER_CLIENT_SECRET === undefined ? null : new Secret(parsed.JOBALYZER_CLIENT_SECRET),
    clientSecretFile: parsed.JOBALYZER_CLIENT_SECRET_FILE ?? null,
    customerId: parsed.JOBALYZER_CUSTOMER_ID ?? parsed.JOBALYZER_CLIENT_ID,
  });
}

/** Why it cannot be told whether the real service is meant; null if it can. */
export function credentialsProblem(parsed: Partial<Parsed>): string | null {
  const id = parsed.JOBALYZER_CLIENT_ID !== undefined;
  const inFile = parsed.JOBALYZER_CLIENT_SECRET_FILE !== undefined;
  const secret = parsed.JOBALYZER_CLIENT_SECRET !== undefined || inFile;
  if (id === secret) return null;
  const [present, missing] = id ? ['ID', 'SECRET'] : [inFile ? 'SECRET_FILE' : 'SECRET', 'ID'];
  return `JOBALYZER_CLIENT_${missing} is missing while JOBALYZER_CLIENT_${present} is set; set both for the real service, or neither for the simulator.`;
}

/** Problems of settings that mean nothing without credentials, or that exclude one another. */
export function jobalyzerProblems(parsed: Partial<Parsed>): readonly string[] {
  if (parsed.JOBALYZER_CLIENT_ID !== undefined) {
    if (parsed.HTTPS_PROXY === undefined || parseProxy(parsed.HTTPS_PROXY) !== null) return [];
    return ['HTTPS_PROXY must be the URL of an http or https proxy, such as http://proxy.example:8080.'];
  }
  return (['JOBALYZER_URL', 'JOBALYZER_AUTH_URL', 'JOBALYZER_USAGE_URL', 'JOBALYZER_CUSTOMER_ID'] as const)
    .filter((name) => parsed[name] !== undefined)
    .map(
      (name) =>
        `${name} has no effect without JOBALYZER_CLIENT_ID and JOBALYZER_CLIENT_SECRET: the simulator is used instead; set both credentials or remove it.`,
    );
}
