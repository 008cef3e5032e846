import { once } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { buildConnector } from 'undici';
import type { Proxy } from '../../lib/proxy.js';

/** There is no tunnel, so nothing was sent to whom it should have led. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';

  constructor(
    readonly code: 'PROXY_AUTHENTICATION' | 'PROXY_REFUSED' | 'PROXY_TIMEOUT' | 'PROXY_UNREACHABLE',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * Connects through a new tunnel each time; both the tunnel and the TLS handshake in it have `timeoutMs` milliseconds. Besides
 * undici's own ProxyAgent this keeps the pool, its bounds and its handling of each request what they are without a proxy.
 */
export function throughProxy(proxy: Proxy, timeoutMs: number): buildConnector.connector {
  const handshake = buildConnector({ allowH2: false, timeout: timeoutMs });
  return (options, settle) => {
    const { hostname, port } = options;
    const target = `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port || '443'}`;
    openTunnel(proxy, target, timeoutMs)
      // A tunnel is a socket of the proxy's protocol: TCP, or TLS.
      .then((socket) => handshake({ ...options, httpSocket: socket as never }, settle))
      .catch((error: Error) => settle(error, null));
  };
}

async function openTunnel({ origin, authorization }: Proxy, target: string, timeoutMs: number): Promise<Duplex> {
  const { hostname } = new URL(origin);
  const request = (origin.startsWith('https:') ? https : http).request(origin, {
    method: 'CONNECT',
    path: target,
    agent: false,
    // Node would take the host header for the name that the proxy's certificate must have.
    servername: isIP(hostname.replace(/^\[|\]$/g, '')) ? '' : hostname,
    signal: AbortSignal.timeout(timeoutMs),
    headers: { host: target, ...(authorization !== null && { 'proxy-authorization': authorization.reveal() }) },
  });
  request.end();
  try {
    const [response, socket, head] = (await once(request, 'connect')) as [http.IncomingMessage, Duplex, Buffer];
    const status = response.statusCode ?? 0;
    if (status < 200 || status >= 300) {
      socket.on('error', () => undefined).destroy();
      throw refusalOf(status);
    }
    if (head.length > 0) socket.unshift(head);
    return socket;
  } catch (error) {
    if (error instanceof ProxyError) throw error;
    const late = error instanceof Error && ['AbortError', 'TimeoutError'].includes(error.name);
    throw late
      ? new ProxyError('PROXY_TIMEOUT', 'The proxy did not open a tunnel in time.', { cause: error })
      : new ProxyError('PROXY_UNREACHABLE', 'The proxy cannot be reached.', { cause: error });
  }
}

function refusalOf(status: number): ProxyError {
  return status === 407
    ? new ProxyError('PROXY_AUTHENTICATION', 'The proxy rejects its credentials (407).')
    : new ProxyError('PROXY_REFUSED', `The proxy refused to open a tunnel (${status}).`);
}
