import { certificateFault } from '../../lib/certificate-fault.js';
import { ProxyError } from './tunnel.js';

/** Why there is no connection to upstream, as the end of a sentence that names no host; null if there is no more to say. */
export function connectFault(error: Error): string | null {
  if (error instanceof ProxyError) {
    const { cause } = error;
    const fault = cause instanceof Error ? connectFault(cause) : null;
    return lowerFirst(fault === null ? error.message.replace(/\.$/, '') : `of the proxy: ${fault}`);
  }
  const fault = certificateFault(error);
  if (fault !== null) return fault;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return /^(ERR_SSL_|ERR_TLS_|EPROTO$)/.test(code) ? `there is no secure connection (${code})` : null;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
