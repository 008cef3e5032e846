import pg from 'pg';
import { ApiError } from '../../errors.js';

/** A server that takes no writes: a standby, or a former primary that has become one. */
const READ_ONLY = '25006';
/**
 * What says nothing about the statement: connections, resources, conflicts, and a server that stops; a statement that somebody or
 * `statement_timeout` has cancelled; a lock that was waited for too long; a server that takes no writes.
 */
const PASSING = new RegExp(`^(08|40|53|57P|57014|55P03|${READ_ONLY})`);

/** Whether the server has answered, and said no: nothing has happened. A server that was stopping may have done it. */
export function isRefusal(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !codeOf(error).startsWith('57P');
}

/** Whether another connection may lead to a server that takes the statement. */
export function isOfAnotherServer(error: unknown): boolean {
  return error instanceof pg.DatabaseError && codeOf(error) === READ_ONLY;
}

/** Whether the same statement may succeed soon. */
export function isRetryable(error: unknown): boolean {
  return !(error instanceof pg.DatabaseError) || PASSING.test(codeOf(error));
}

function codeOf({ code = '' }: pg.DatabaseError): string {
  return code;
}

/** The database, or what is in it, cannot be used by this server, however often it is tried. */
export class LedgerUnusable extends Error {
  override readonly name = 'LedgerUnusable';
}

/** The database cannot be reached, or is only just starting: later it may be. */
export class DatabaseAway extends Error {
  override readonly name = 'DatabaseAway';
}

/** What to tell an operator whose server cannot open the ledger. */
export function openError(error: unknown): Error {
  const cause = error instanceof ApiError ? error.cause : error;
  const root = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const reason = root instanceof Error ? root.message || String(codeOfSystem(root)) : String(root);
  if (root instanceof LedgerUnusable) return new LedgerUnusable(`DATABASE_URL: ${reason}`, { cause: error });
  return isRetryable(root)
    ? new DatabaseAway(`DATABASE_URL: the database cannot be reached: ${reason}`, { cause: error })
    : new LedgerUnusable(`DATABASE_URL: the database refuses this server: ${reason}`, { cause: error });
}

/** Of an error that stands for several attempts to connect, which has no message. */
function codeOfSystem({ code }: Error & { readonly code?: unknown }): unknown {
  return code;
}
