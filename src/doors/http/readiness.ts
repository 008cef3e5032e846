import type { UpstreamCondition } from '../../datasources/jobalyzer/client.js';
import { LedgerLost, LedgerTooNew } from '../../datasources/reports/ports.js';

/** Whether the server should get requests, as `/readyz` says it. */
export interface Readiness {
  /** 'degraded': part of it does not work for now, but what is stored is served. */
  readonly status: 'ready' | 'degraded' | 'not ready';
  /** Why it is not ready. */
  readonly reasons: readonly Reason[];
  /** What does not work although it is ready. */
  readonly degraded: readonly Reason[];
}

interface Reason {
  readonly code: string;
  readonly message: string;
}

/** What readiness is made of. */
export interface ReadinessState {
  /** What the ledger was last found to be; null: as it should be. */
  readonly ledger: unknown;
  readonly upstream: UpstreamCondition;
  readonly purchasesPaused: boolean;
  /** How many rows of the ledger could not be read. */
  readonly rowsSetAside: number;
  /** How long the server has been up, in milliseconds. */
  readonly upForMs: number;
}

/** Refused credentials that were accepted before may be a slip of whoever renews them. */
const REFUSED_FOR_MS = 60_000;
/** The first token is waited for no longer. */
const STARTING_MS = 5_000;

export function readinessOf(state: ReadinessState): Readiness {
  const { refusedForMs, everGranted } = state.upstream.token;
  const refused = refusedForMs === null ? [] : [CREDENTIALS_REFUSED];
  const lasting = refusedForMs !== null && (!everGranted || refusedForMs >= REFUSED_FOR_MS);
  const reasons = [
    ...(state.upstream.token.state === 'pending' && refusedForMs === null && state.upForMs < STARTING_MS
      ? [STARTING]
      : []),
    ...(state.ledger === null ? [] : [ledgerReason(state.ledger)]),
    ...(lasting ? refused : []),
  ];
  const degraded = [...(lasting ? [] : refused), ...degradations(state)];
  const status = reasons.length > 0 ? 'not ready' : degraded.length > 0 ? 'degraded' : 'ready';
  return { status, reasons, degraded };
}

/** What is said while the server shuts down. */
export const SHUTTING_DOWN: Readiness = {
  status: 'not ready',
  reasons: [{ code: 'SHUTTING_DOWN', message: 'The server is shutting down.' }],
  degraded: [],
};

const STARTING: Reason = { code: 'STARTING', message: 'Jobalyzer has not yet answered the first request for a token.' };

const CREDENTIALS_REFUSED: Reason = {
  code: 'CREDENTIALS_REFUSED',
  message: "Jobalyzer rejects this server's credentials: nothing can be bought or collected.",
};

function ledgerReason(fault: unknown): Reason {
  const cause = fault instanceof Error ? fault.cause : null;
  if (cause instanceof LedgerLost) {
    return { code: 'LEDGER_LOST', message: 'The ledger is not the one that was opened, so nothing is bought.' };
  }
  return cause instanceof LedgerTooNew
    ? { code: 'LEDGER_TOO_NEW', message: `This server has to be ended: ${cause.message}` }
    : { code: 'LEDGER_NOT_WRITABLE', message: 'The ledger cannot be written, so nothing is bought.' };
}

function degradations({ upstream, purchasesPaused, rowsSetAside }: ReadinessState): Reason[] {
  const { token, outOfReach } = upstream;
  const found: (Reason | false)[] = [
    (token.state === 'unavailable' || token.state === 'unusable') && {
      code: 'NO_ACCESS_TOKEN',
      message: 'Jobalyzer issues no access token: nothing can be bought or collected.',
    },
    token.state === 'rejected' && {
      code: 'ACCESS_TOKENS_REJECTED',
      message: 'Jobalyzer rejects the access tokens that it has just issued.',
    },
    outOfReach.length > 0 && {
      code: 'UPSTREAM_UNREACHABLE',
      message: `Jobalyzer did not answer the latest call (${outOfReach.join(', ')}).`,
    },
    purchasesPaused && {
      code: 'PURCHASES_PAUSED',
      message: 'Purchases came to nothing several times in a row and are paused, until one succeeds.',
    },
    rowsSetAside > 0 && {
      code: 'ROWS_SET_ASIDE',
      message: `Rows of the ledger that cannot be read: ${rowsSetAside}. The log names them.`,
    },
  ];
  return found.filter((reason) => reason !== false);
}
