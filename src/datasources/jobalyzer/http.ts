/** One HTTP request to upstream, and what came of it. */

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query. The origin is the pool's; a request cannot choose it. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Timeout in milliseconds, from getting a connection slot, or the end of `whenConnected`, to the last byte of the body. */
  readonly deadlineMs: number;
  /** The signal cancels only before sending. */
  readonly unstoppable?: true;
  /**
   * Gives the request a connection of its own, and is called as soon as that is open, before any byte is written. If it
   * rejects, nothing is, and sending rejects with its error.
   */
  readonly whenConnected?: () => Promise<void>;
  /** Called immediately before the first byte is written. If it throws, nothing is, and sending rejects with its error. */
  readonly beforeFirstByte?: () => void;
}

export type HttpHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** A complete response. */
export interface HttpResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly text: string;
}

/** Why there is no complete response. */
export interface HttpFailure {
  readonly kind: 'failed';
  /** False only when it is certain that no byte of the request was written to a socket. */
  readonly sent: boolean;
  /** The status, if headers arrived before the request failed; otherwise null. */
  readonly status: number | null;
  /** What arrived of the body, as text to store; null if nothing did. */
  readonly body?: string | null;
  /** Those that arrived before the request failed. */
  readonly headers?: HttpHeaders;
  readonly timedOut: boolean;
  readonly cause: Error;
}

export type HttpOutcome = HttpResponse | HttpFailure;
