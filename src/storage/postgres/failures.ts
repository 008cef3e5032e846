import pg from 'pg';

/** Classes of SQLSTATE that say nothing about the statement: connections, resources, conflicts, and a server that stops. */
const PASSING = /^(08|40|53|57P)/;

/** Whether the server has answered, and said no: nothing has happened. A server that was stopping may have done it. */
export function isRefusal(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !codeOf(error).startsWith('57P');
}

/** Whether the same statement may succeed soon. */
export function isRetryable(error: unknown): boolean {
  return !(error instanceof pg.DatabaseError) || PASSING.test(codeOf(error));
}

function codeOf({ code = '' }: pg.DatabaseError): string {
  return code;
}
