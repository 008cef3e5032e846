import { SmallMap } from '../../lib/small-map.js';
import type { Asked } from '../../graphql/operation.js';
import { checkParameters } from '../graphql-parameters.js';
import { badRequest, type Problem } from '../problem.js';
import { problemOfJson } from '../request-json.js';
import { isTooLarge, TOO_LARGE } from '../size.js';

/** Maps the operation ids of one socket to ids that are never reused. */
export interface OperationIds {
  /**
   * A client's message with the unique id in place of the client's id. `completed` is the unique id if the message
   * completes the operation, otherwise null. A message without an operation id is passed on unchanged. Of one that starts an
   * operation only the id is passed on; `started` is what it says. `problem`: why any other message must not be read.
   */
  incoming(message: string): Incoming;
  /** A message to the client, with the client's id; null if the client has already completed the operation. */
  outgoing(message: string): string | null;
  /** A close reason with the client's id. */
  reason(text: string): string;
}

interface Incoming {
  readonly message: string;
  readonly completed: string | null;
  readonly started?: Start;
  readonly problem?: Problem;
}

interface Start {
  /** The unique id of the operation. */
  readonly operation: string;
  /** What it asks for, or why it must not start. */
  readonly asked: Asked | Problem;
}

/** A message of graphql-ws about an operation: the number, the client's id (JSON-escaped) and the type. */
const ABOUT_OPERATION = /^\{"id":"(\d+):([^"\\]*(?:\\.[^"\\]*)*)","type":"(\w+)"/;
/** A number that is never assigned. */
const NONE = 0;

/**
 * A client may reuse an id as soon as it has completed the operation, which may still be starting or running here.
 * graphql-ws identifies operations by the client's id and would confuse the old one with the new one. So each operation
 * gets a unique id, made of a number and the client's id, and further messages of a completed one are dropped.
 */
export function createOperationIds(): OperationIds {
  return new Ids();
}

class Ids implements OperationIds {
  readonly #numbers = new SmallMap<number>();
  #count = NONE;

  incoming(message: string): Incoming {
    const parsed = parse(message);
    const { type, id } = parsed ?? {};
    const why = problemOf(message, parsed);
    const about = typeof id === 'string' && id !== '';
    if (why && !(about && type === 'subscribe')) {
      return { message, completed: null, problem: why };
    }
    if (!about) return { message, completed: null };
    const number = this.#numbers.get(id);
    if (type === 'subscribe') {
      // An id in use keeps its number, so that graphql-ws closes the socket, as the protocol requires.
      const used = number ?? ++this.#count;
      this.#numbers.set(id, used);
      const own = `${used}:${id}`;
      return {
        message: startOf(own),
        completed: null,
        started: { operation: own, asked: why ?? checkParameters(parsed?.payload) },
      };
    }
    if (type !== 'complete') return { message, completed: null };
    this.#numbers.delete(id);
    const own = `${number ?? NONE}:${id}`;
    return { message: JSON.stringify({ ...parsed, id: own }), completed: number === undefined ? null : own };
  }

  outgoing(message: string): string | null {
    const [, number, escaped, type] = ABOUT_OPERATION.exec(message) ?? [];
    if (number === undefined || escaped === undefined) return message;
    const id = JSON.parse(`"${escaped}"`) as string;
    if (this.#numbers.get(id) !== Number(number)) return null;
    if (type === 'complete' || type === 'error') this.#numbers.delete(id);
    return message.replace(`${number}:`, '');
  }

  reason(text: string): string {
    return text.replace(/^(Subscriber for )\d+:/, '$1');
  }
}

/**
 * Starts the operation, but does not say what it asks for: graphql-ws keeps the whole message for as long as a subscription
 * lasts, and reads nothing of it but the id.
 */
function startOf(id: string): string {
  return JSON.stringify({ id, type: 'subscribe', payload: { query: '' } });
}

/** What is wrong with a message, whatever it is about; null if nothing is. */
function problemOf(message: string, parsed: object | null): Problem | null {
  if (isTooLarge(Buffer.byteLength(message))) return TOO_LARGE;
  const reason = problemOfJson(parsed, 1);
  return reason === null ? null : badRequest(reason);
}

function parse(message: string): { readonly type?: unknown; readonly id?: unknown; readonly payload?: unknown } | null {
  try {
    const parsed: unknown = JSON.parse(message);
    return typeof parsed === 'object' && parsed !== null ? parsed : null;
  } catch {
    return null;
  }
}
