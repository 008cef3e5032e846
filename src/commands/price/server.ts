import { loadApiKey } from '../../config.js';
import type { Secret } from '../../lib/secret.js';
import { PriceViewerDocument, type PriceViewerQuery } from '../generated/operations.js';
import { createGraphQLEndpoint, endpointUrl, wholeOf, type GraphQLEndpoint } from '../graphql-endpoint.js';
import { askSecret, isAttended } from '../terminal.js';

export interface PricingServer {
  readonly endpoint: GraphQLEndpoint;
  readonly viewer: PriceViewerQuery['viewer'];
  /** Whether every figure is invented. */
  readonly simulated: boolean;
  /** A server of this process's own is ended; what it is buying is stored first. */
  close(): Promise<void>;
}

export interface ServerOptions {
  /** Of a running server; null: one of this process's own. */
  readonly url: string | null;
  readonly signal: AbortSignal;
  readonly onWait: (reason: string, ms: number) => void;
}

/** Finds the server and who asks it. A key that is needed and not given is asked for. Throws an Error in words. */
export async function openServer({ url, signal, onWait }: ServerOptions): Promise<PricingServer> {
  const given = loadApiKey();
  const named = url === null ? null : endpointUrl(url, given !== null);
  // Loaded only where it is needed: it is all of a server.
  const own = named ? null : await (await import('../own-server.js')).openOwnServer(signal);
  const close = async (): Promise<void> => own?.close();
  const at = named ?? own?.url;
  if (!at) throw new Error('There is no server.');

  async function tryWith(key: Secret | null): Promise<PricingServer | null> {
    const endpoint = createGraphQLEndpoint({ url: endpointUrl(String(at), key !== null), key, onWait });
    const result = await endpoint.request(PriceViewerDocument, {}, signal);
    if (result.errors.some(({ code }) => code === 'UNAUTHENTICATED')) return null;
    const { viewer } = wholeOf(result) as Partial<PriceViewerQuery>;
    if (viewer === undefined) throw new Error(`${String(at)} is no server of these reports.`);
    return { endpoint, viewer, simulated: result.simulated, close };
  }

  try {
    const server = (await tryWith(given)) ?? (given === null && isAttended() ? await askKey() : null);
    if (server) return server;
    throw new Error(
      given
        ? 'The server does not accept the key in JOBALYZER_API_KEY.'
        : 'The server wants a key: set JOBALYZER_API_KEY.',
    );
  } catch (error) {
    await close();
    throw error;
  }

  async function askKey(): Promise<PricingServer> {
    const key = await askSecret('API key (or token): ', signal);
    const server = key && (await tryWith(key));
    if (!server) throw new Error('The server does not accept this key.');
    return server;
  }
}
