import type { WireIssue } from '../../../src/datasources/jobalyzer/wire.js';
import type { RecordedRequest } from './types.js';

/**
 * What is done with one request: one of the moves below, or a function that looks at the request first. All but `gate`
 * can be used any number of times.
 */
export type Step = Move | ((request: RecordedRequest) => Step | Promise<Step>);

export type Move = Answer | Usual | Ready | Pending | Reset | Hang | Cut | Slow | Gate | Accepted;

export interface Answer {
  do: 'answer';
  status: number;
  /** A string is sent as it is, undefined as an empty body, anything else as JSON. */
  body: unknown;
  headers: Record<string, string>;
  /** Whether the field names of `body` are spelled as the options ask. */
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
  /** Bytes of the body that are still sent. */
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

/** Leaves `RetryAfterMilliseconds` out of a 202. */
export const NO_HINT = Symbol('no hint');

/** A value for `RetryAfterMilliseconds`, sensible or not: a string goes out as a string, NaN and Infinity as null. */
export type Hint = number | string | null | typeof NO_HINT;

/**
 * Any answer. A string body is sent as it is, others as JSON, field names untouched.
 *
 * @example status(429, undefined, { 'retry-after': '1' })
 */
export function status(code: number, body?: unknown, headers: Record<string, string> = {}): Answer {
  return { do: 'answer', status: code, body, headers, respell: false };
}

/** A JSON answer, its field names sent as they are written. */
export function json(value: unknown, code = 200, headers: Record<string, string> = {}): Answer {
  return { do: 'answer', status: code, body: JSON.stringify(value), headers, respell: false };
}

/** A body that need not be JSON; its content type says JSON all the same, unless `headers` say otherwise. */
export function raw(text: string, code = 200, headers: Record<string, string> = {}): Answer {
  return { do: 'answer', status: code, body: text, headers, respell: false };
}

/** Sends the asker elsewhere. A request that then arrives on that path of this upstream is a violation. */
export function redirect(location: string, code = 302): Answer {
  return status(code, undefined, { location });
}

/** Not accepted, nothing bought: `Errors` with no `Links`, as for an unconfirmed answer. */
export function rejected(issues: WireIssue[] = [unconfirmed('JobTitle', 'Wizard')], code = 200): Answer {
  const body = { Links: null, Warnings: null, Errors: issues };
  return { do: 'answer', status: code, body, headers: {}, respell: true };
}

/** An issue that says a value is not in the taxonomy. */
export function unconfirmed(answerId: string, value: string): WireIssue {
  return {
    AnswerId: answerId,
    AnswerValue: value,
    Message: `'${value}' is not a confirmed answer`,
    Code: 'UnconfirmedAnswer',
  };
}

/** What would have been done without a script. */
export function asUsual(): Usual {
  return { do: 'usual' };
}

/** A report that is not there yet; without a hint, `options.retryAfterMs` is said. */
export function pending(retryAfterMs?: Hint): Pending {
  return { do: 'pending', hint: retryAfterMs };
}

/** The collected report: the given body in PascalCase (it is respelled and wrapped as the options ask), or the usual. */
export function ready(body?: object): Ready {
  return { do: 'ready', body };
}

/** Resets the connection before any byte of an answer. Nothing is bought. */
export function reset(): Reset {
  return { do: 'reset' };
}

/**
 * Does what is usual, buying included, and then resets the connection: `'accepting'` before any byte of the answer, a
 * number after that many bytes of its body.
 */
export function resetAfter(what: number | 'accepting' = 'accepting'): Step {
  if (what === 'accepting') return accepted(reset());
  return { do: 'cut', of: asUsual(), after: what, ending: 'reset' };
}

/** The headers of a whole answer, but only half of its body, and then the connection closes. */
export function truncated(of: Step = asUsual()): Step {
  return { do: 'cut', of, after: 'half', ending: 'close' };
}

/** Never answers. Nothing is bought, unless it is `accepted(hang())`. */
export function hang(): Hang {
  return { do: 'hang' };
}

/** Waits, then does `next`, even if the asker has gone by then: a service does not stop working for that. */
export function slow(ms: number, next: Step = asUsual()): Slow {
  return { do: 'slow', ms, next };
}

/**
 * Buys what a POST asks for, and then does `next`. Not needed around a 2xx without `Errors`, which buys anyway.
 *
 * @example accepted(status(500))
 */
export function accepted(next: Step): Accepted {
  return { do: 'accepted', next };
}

/** A request held until the test lets it go. For one request only. */
export interface Gate {
  do: 'gate';
  /** Resolves when the request has arrived. */
  arrived: Promise<RecordedRequest>;
  /** Lets it go on with `next`, by default as usual. May be called before the request arrives. */
  release(next?: Step): void;
  /** For the upstream alone. */
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

/** The steps that wait for one kind of request. */
export class Queue {
  #steps: Step[] = [];
  #otherwise: Step = asUsual();

  /** Each of the next requests takes one of these, in order. */
  push(...steps: Step[]): this {
    this.#steps.push(...steps);
    return this;
  }

  /** What is done when no step is left, instead of what is usual; call it with nothing to go back to that. */
  otherwise(step: Step = asUsual()): this {
    this.#otherwise = step;
    return this;
  }

  /** How many steps nobody has taken yet. */
  get left(): number {
    return this.#steps.length;
  }

  /** For the upstream alone. */
  next(): Step {
    return this.#steps.shift() ?? this.#otherwise;
  }
}
