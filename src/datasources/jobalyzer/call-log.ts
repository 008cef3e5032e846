import type { Logger } from 'pino';
import type { HttpOutcome } from './http.js';

/** The kinds of call to upstream; `usage`: of its usage log. */
export type CallKind = 'token' | 'submit' | 'poll' | 'lookup' | 'usage';

/** Is told of calls, to count them. */
export interface UpstreamObserver {
  /** `status`: null without a complete response. */
  called(call: { readonly call: CallKind; readonly status: number | null; readonly ms: number }): void;
  tokenRefreshed(outcome: TokenOutcome): void;
}

type TokenOutcome = 'obtained' | 'failed';

/** Logs a call when it has an outcome, and passes the outcome on. `ownMs`: how much of its time was not upstream's. */
export type CallLog = (call: CallKind, outcome: Promise<HttpOutcome>, ownMs?: () => number) => Promise<HttpOutcome>;

export function createCallLog(log: Logger, observer?: Pick<UpstreamObserver, 'called'>): CallLog {
  return async (call, outcome, ownMs = () => 0) => {
    const startedAt = performance.now();
    const result = await outcome;
    const elapsed = performance.now() - startedAt - ownMs();
    const ms = Math.round(elapsed);
    const status = result.kind === 'response' ? result.status : null;
    observer?.called({ call, status, ms: elapsed });
    if (result.kind === 'response') {
      log[result.status < 400 ? 'info' : 'warn']({ call, ms, status }, 'upstream');
    } else {
      const { sent, timedOut, cause } = result;
      log.warn({ call, ms, status, sent, timedOut, cause: codeOf(cause) }, 'upstream');
    }
    return result;
  };
}

/** The error's code or name only: its message could contain a URL. */
function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
