import type { Logger } from 'pino';
import type { HttpOutcome } from './http.js';

/** The kinds of call to upstream. */
export type CallKind = 'token' | 'submit' | 'poll' | 'lookup';

/** Logs a call when it has an outcome, and passes the outcome on. */
export async function logged(log: Logger, call: CallKind, outcome: Promise<HttpOutcome>): Promise<HttpOutcome> {
  const startedAt = performance.now();
  const result = await outcome;
  const ms = Math.round(performance.now() - startedAt);
  if (result.kind === 'response') {
    log[result.status < 400 ? 'info' : 'warn']({ call, ms, status: result.status }, 'upstream');
  } else {
    const { sent, timedOut, cause } = result;
    log.warn({ call, ms, status: null, sent, timedOut, cause: codeOf(cause) }, 'upstream');
  }
  return result;
}

/** The error's code or name only: its message could contain a URL. */
function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
