import type { WireIssue } from '../../../src/contract/wire.ts';
import type { RecordedRequest } from './types.ts';

/**
 * What to do with one request: one of the moves below, or a function of the request. All but `gate` can be reused.
 */
export type Step = Move | ((request: RecordedRequest) => Step | Promise<Step>);

export type Move = ResponseStep | Usual | Ready | Pending | Reset | Hang | Cut | Slow | Gate | Accepted;

export interface ResponseStep {
  do: 'respond';
  status: number;
  /** A string is sent unchanged, undefined as an empty body, anything else as JSON. */
  body: unknown;
  headers: Record<string, string>;
  /** Whether to apply the letter case option to the field names of `body`. */
  respell: boolean;
}
interface Usual {
  do: 'usual';
}
interface Ready {
  do: 'ready';
  body: object | undefined;
}
interface Pending {
  do: 'pending';
  hint: Hint | undefined;
}
interface Reset {
  do: 'reset';
}
interface Hang {
  do: 'hang';
}
interface Cut {
  do: 'cut';
  of: Step;
  /** Bytes of the body to send first. */
  after: number | 'half';
  ending: 'close' | 'reset';
}
interface Slow {
  do: 'slow';
  ms: number;
  next: Step;
}
interface Accepted {
  do: 'accepted';
  next: Step;
}

/** Omits `RetryAfterMilliseconds` from a 202. */
export const NO_HINT = Symbol('no hint');

/** A value for `RetryAfterMilliseconds`, valid or not: a string is sent as a string, NaN and Infinity as null. */
export type Hint = number | string | null | typeof NO_HINT;

/**
 * Any response. A string body is sent unchanged, others as JSON with unchanged field names.
 *
 * @example status(429, undefined, { 'retry-after': '1' })
 */
export function status(code: number, body?: unknown, headers: Record<string, string> = {}): ResponseStep {
  return { do: 'respond', status: code, body, headers, respell: false };
}

/** A JSON response with unchanged field names. */
export function json(value: unknown, code = 200, headers: Record<string, string> = {}): ResponseStep {
  return { do: 'respond', status: code, body: JSON.stringify(value), headers, respell: false };
}

/** A body that need not be JSON; its content type is still JSON unless `headers` override it. */
export function raw(text: string, code = 200, headers: Record<string, string> = {}): ResponseStep {
  return { do: 'respond', status: code, body: text, headers, respell: false };
}

/** A redirect. A subsequent request for that path of this upstream is a violation. */
export function redirect(location: string, code = 302): ResponseStep {
  return status(code, undefined, { location });
}

/** Rejects the submission without a purchase: `Errors` and no `Links`, as for an unconfirmed answer. */
export function rejected(issues: WireIssue[] = [unconfirmed('JobTitle', 'Wizard')], code = 200): ResponseStep {
  const body = { Links: null, Warnings: null, Errors: issues };
  return { do: 'respond', status: code, body, headers: {}, respell: true };
}

/** An issue stating that a value is not in the taxonomy. */
export function unconfirmed(answerId: string, value: string): WireIssue {
  return {
    AnswerId: answerId,
    AnswerValue: value,
    Message: `'${value}' is not a confirmed answer`,
    Code: 'UnconfirmedAnswer',
  };
}

/** The default behaviour without a script. */
export function asUsual(): Usual {
  return { do: 'usual' };
}

/** A report that is not ready; the default hint is `options.retryAfterMs`. */
export function pending(retryAfterMs?: Hint): Pending {
  return { do: 'pending', hint: retryAfterMs };
}

/** The finished report: the default, or a body in PascalCase, to which the letter case and wrapper options apply. */
export function ready(body?: object): Ready {
  return { do: 'ready', body };
}

/** Resets the connection before any byte of a response. Nothing is accepted. */
export function reset(): Reset {
  return { do: 'reset' };
}

/**
 * Does the default, including the purchase, then resets the connection: with `'accepting'` before any byte of the
 * response, with a number after that many bytes of its body.
 */
export function resetAfter(what: number | 'accepting' = 'accepting'): Step {
  if (what === 'accepting') return accepted(reset());
  return { do: 'cut', of: asUsual(), after: what, ending: 'reset' };
}

/** Sends the headers of a complete response and half of its body, then closes the connection. */
export function truncated(of: Step = asUsual()): Step {
  return { do: 'cut', of, after: 'half', ending: 'close' };
}

/** Never answers. Nothing is accepted, except with `accepted(hang())`. */
export function hang(): Hang {
  return { do: 'hang' };
}

/** Waits, then does `next`, even if the client has disconnected, as a real service would. */
export function slow(ms: number, next: Step = asUsual()): Slow {
  return { do: 'slow', ms, next };
}

/**
 * Accepts a POST, then does `next`. Not needed around a 2xx without `Errors`, which accepts anyway.
 *
 * @example accepted(status(500))
 */
export function accepted(next: Step): Accepted {
  return { do: 'accepted', next };
}

/** Holds one request until the test releases it. Not reusable. */
export interface Gate {
  do: 'gate';
  /** Resolves when the request has arrived. */
  arrived: Promise<RecordedRequest>;
  /** Continues with `next`, or the default. May be called before the request arrives. */
  release(next?: Step): void;
  /** Called by the upstream only. */
  arrive(request: RecordedRequest): void;
  released: Promise<Step>;
}

/**
 * Holds the request until `release`.
 *
 * @example
 * const held = gate();
 * upstream.script.submit.push(held);
 * await held.arrived;
 * held.release(status(503));
 */
export function gate(): Gate {
  const arrived = Promise.withResolvers<RecordedRequest>();
  const released = Promise.withResolvers<Step>();
  return {
    do: 'gate',
    arrived: arrived.promise,
    arrive: arrived.resolve,
    released: released.promise,
    release: (next = asUsual()) => released.resolve(next),
  };
}

/** The scripted steps for one kind of request. */
export class Queue {
  #steps: Step[] = [];
  #otherwise: Step = asUsual();

  /** Adds steps for the next requests, in order. */
  push(...steps: Step[]): this {
    this.#steps.push(...steps);
    return this;
  }

  /** Sets what is done when no step is left; without an argument, restores the default. */
  otherwise(step: Step = asUsual()): this {
    this.#otherwise = step;
    return this;
  }

  /** The number of steps not taken yet. */
  get left(): number {
    return this.#steps.length;
  }

  /** Called by the upstream only. */
  next(): Step {
    return this.#steps.shift() ?? this.#otherwise;
  }
}
