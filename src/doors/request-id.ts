import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** In requests, where a proxy may have given one, and in responses. */
export const REQUEST_ID = 'x-request-id';

/** What is certain to stay one word of a log line, whoever reads it, and long enough for every usual kind of id. */
const ACCEPTABLE = /^[\w.:/+=@-]{1,128}$/;

/** The id by which a request is found in the log: the one that was given, if it is acceptable, or else a new one. */
export function requestIdOf(given: string | string[] | undefined): string {
  return typeof given === 'string' && ACCEPTABLE.test(given) ? given : randomUUID();
}

/** The trace that a request belongs to, as its client or a proxy says. */
export function traceparentIn({ traceparent }: IncomingHttpHeaders): string | undefined {
  return typeof traceparent === 'string' ? traceparent : undefined;
}
