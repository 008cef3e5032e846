import { ProxyError } from './tunnel.js';

/** OpenSSL's findings about a certificate, as Node names them, that have words of their own. */
const CERTIFICATE_FAULTS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  CERT_REVOKED: 'its certificate was revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is of an unknown authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is of an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate is of an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is of an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is of an unknown authority',
};

/** Why there is no connection to upstream, as the end of a sentence that names no host; null if there is no more to say. */
export function connectFault(error: Error): string | null {
  if (error instanceof ProxyError) {
    const { cause } = error;
    const fault = cause instanceof Error ? connectFault(cause) : null;
    return lowerFirst(fault === null ? error.message.replace(/\.$/, '') : `of the proxy: ${fault}`);
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = CERTIFICATE_FAULTS[code];
  if (known !== undefined) return `${known} (${code})`;
  if (/^(ERR_SSL_|ERR_TLS_|CERT_|EPROTO$)/.test(code)) return `there is no secure connection (${code})`;
  return null;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
