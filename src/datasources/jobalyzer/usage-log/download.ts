import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { patientDeadline } from '../../../lib/patient-deadline.js';
import type { HttpHeaders } from '../http.js';
import type { AccessToken, TokenSource } from '../token.js';
import { connectFault } from '../unreachable.js';
import { ConnectionLost, stream, type StreamedResponse } from './stream.js';
import { UsageLogUnreadable } from './usage-log.js';

/** For the first byte, and from each to the next. */
const PATIENCE_MS = 60_000;
const TOO_SLOW = 'It did not come in time.';

export interface Download {
  readonly pool: Dispatcher;
  readonly path: string;
  readonly tokens: Pick<TokenSource, 'get' | 'renew'>;
  /** For all of it, in milliseconds. */
  readonly deadlineMs: number;
  /** Is told the status of each response; null: there was none. */
  readonly onStatus: (status: number | null) => void;
}

/**
 * Gets the file and gives it to `work` as it arrives. After a 401 it is asked for once more, with a newer token: that of the
 * API need not be one for this host, so that a refusal here says nothing about the token. Throws UsageLogUnreadable, or what
 * `work` throws.
 */
export async function download(
  { pool, path, tokens, deadlineMs, onStatus }: Download,
  work: (bytes: Readable, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const deadline = patientDeadline(deadlineMs, signal);
  try {
    const token = await granted(tokens.get(deadline.signal));
    const response = await ask(token.value);
    if (response.status !== 401) return await read(response);
    discard(response);
    const newer = await granted(tokens.renew(token, deadline.signal));
    await read(await ask(newer.value));
  } catch (error) {
    signal.throwIfAborted();
    throw deadline.signal.aborted ? new UsageLogUnreadable(TOO_SLOW, { cause: error }) : error;
  } finally {
    deadline.close();
  }

  async function ask(token: string): Promise<StreamedResponse> {
    const headers = { accept: 'text/csv', 'accept-encoding': 'identity', authorization: `Bearer ${token}` };
    try {
      const request = { path, headers, headersTimeout: PATIENCE_MS, bodyTimeout: PATIENCE_MS };
      const response = await stream(pool, request, deadline.signal);
      onStatus(response.status);
      return response;
    } catch (error) {
      onStatus(null);
      const fault = error instanceof Error ? connectFault(error) : null;
      throw unreadable(error, fault === null ? 'It cannot be reached.' : `It cannot be reached: ${fault}.`);
    }
  }

  async function read(response: StreamedResponse): Promise<void> {
    const fault = faultOf(response);
    if (fault !== null) {
      discard(response);
      throw new UsageLogUnreadable(fault);
    }
    try {
      await work(response.body, deadline.signal);
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      throw unreadable(error.cause, 'The connection was lost before all of it had come.');
    }
  }
}

async function granted(token: Promise<AccessToken>): Promise<AccessToken> {
  try {
    return await token;
  } catch (error) {
    throw unreadable(error, 'There is no access token.');
  }
}

function discard({ body }: StreamedResponse): void {
  body.on('error', () => undefined).destroy();
}

/** Why what comes cannot be the log, or cannot be known to be all of it; null if it may. */
function faultOf({ status, headers }: StreamedResponse): string | null {
  if (status === 401 || status === 403) return `This server's access token is not accepted (${status}).`;
  if (status >= 300 && status < 400) return `It is somewhere else (${status}), and redirects are not followed.`;
  if (status !== 200) return `The answer was ${status}.`;
  if (!/^(?:identity)?$/.test(header(headers, 'content-encoding'))) return 'It is compressed, which nobody asked for.';
  const marked = 'content-length' in headers || /\bchunked\b/.test(header(headers, 'transfer-encoding'));
  // A part of a log may lack just the row that is looked for.
  return marked ? null : 'Its end is not marked, so that it may be cut off.';
}

function header(headers: HttpHeaders, name: string): string {
  return String(headers[name] ?? '')
    .trim()
    .toLowerCase();
}

function unreadable(cause: unknown, message: string): UsageLogUnreadable {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null;
  const slow = code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT';
  return new UsageLogUnreadable(slow ? TOO_SLOW : message, { cause });
}
