import type { Secret } from './secret.js';

/** An HTTP proxy, through which https connections are tunnelled. */
export interface Proxy {
  /** `http:` or `https:`, host and port. For the log: it has no credentials. */
  readonly origin: string;
  /** The `Proxy-Authorization` header, a secret. Null: none. */
  readonly authorization: Secret | null;
}
