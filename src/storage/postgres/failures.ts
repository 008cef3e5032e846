import pg from 'pg';
import { ApiError } from '../../errors.js';
import { certificateFault } from '../../lib/certificate-fault.js';

/** A server that takes no writes: a standby, or a former primary that has become one. */
const READ_ONLY = '25006';
const TOO_MANY_CONNECTIONS = '53300';
/**
 * What says nothing about the statement: connections, resources, conflicts, and a server that stops; a statement that somebody or
 * `statement_timeout` has cancelled; a lock that was waited for too long; a server that takes no writes.
 */
const PASSING = new RegExp(`^(08|40|53|57P|57014|55P03|${READ_ONLY})`);

/** Whether the server has answered, and said no: nothing has happened. A server that was stopping may have done it. */
export function isRefusal(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !codeOf(error).startsWith('57P');
}

/** Whether the server, or the role, has no connection left. */
export function isFull(error: unknown): boolean {
  return error instanceof pg.DatabaseError && codeOf(error) === TOO_MANY_CONNECTIONS;
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

/** Whether the URL asks for encryption and the server has none; the driver says so by its message alone. */
const WITHOUT_TLS = /does not support SSL connections/;

/** What to tell an operator whose server cannot open the ledger. `setting`: the one that has the URL. */
export function openError(error: unknown, setting = 'DATABASE_URL'): Error {
  // It names the setting that has to be looked at itself.
  if (error instanceof Error && /^DATABASE_[A-Z_]+: /.test(error.message)) return error;
  const cause = error instanceof ApiError ? error.cause : error;
  const root = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const reason = root instanceof Error ? root.message || String(codeOfSystem(root)) : String(root);
  if (root instanceof LedgerUnusable) return new LedgerUnusable(`${setting}: ${reason}`, { cause: error });
  const fault = root instanceof Error ? certificateFault(root) : null;
  if (fault !== null || WITHOUT_TLS.test(reason)) {
    const why = fault === null ? reason : `${fault}: ${reason}`;
    return new LedgerUnusable(`${setting}: the database is not the one that the URL asks for: ${why}`, {
      cause: error,
    });
  }
  return isRetryable(root)
    ? new DatabaseAway(`${setting}: the database cannot be reached: ${reason}`, { cause: error })
    : new LedgerUnusable(`${setting}: the database refuses this server: ${reason}`, { cause: error });
}

/** Of an error that stands for several attempts to connect, which has no message. */
function codeOfSystem({ code }: Error & { readonly code?: unknown }): unknown {
  return code;
}
