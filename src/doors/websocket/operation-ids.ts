/** Maps the operation ids of one socket to ids that are never reused. */
export interface OperationIds {
  /**
   * A client's message with the unique id in place of the client's id. `completed` is the unique id if the message
   * completes the operation, otherwise null. A message without an operation id is passed on unchanged. Throws a RangeError
   * for a message that is nested too deeply to be serialized again.
   */
  incoming(message: string): { readonly message: string; readonly completed: string | null };
  /** A message to the client, with the client's id; null if the client has already completed the operation. */
  outgoing(message: string): string | null;
  /** A close reason with the client's id. */
  reason(text: string): string;
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
  const numbers = new Map<string, number>();
  let count = NONE;

  return {
    incoming(message) {
      const parsed = parse(message);
      const { type, id } = parsed ?? {};
      if (typeof id !== 'string' || id === '') return { message, completed: null };
      const number = numbers.get(id);
      if (type === 'subscribe') {
        // An id in use keeps its number, so that graphql-ws closes the socket, as the protocol requires.
        const used = number ?? ++count;
        numbers.set(id, used);
        return { message: JSON.stringify({ ...parsed, id: `${used}:${id}` }), completed: null };
      }
      if (type !== 'complete') return { message, completed: null };
      numbers.delete(id);
      const own = `${number ?? NONE}:${id}`;
      return { message: JSON.stringify({ ...parsed, id: own }), completed: number === undefined ? null : own };
    },

    outgoing(message) {
      const [, number, escaped, type] = ABOUT_OPERATION.exec(message) ?? [];
      if (number === undefined || escaped === undefined) return message;
      const id = JSON.parse(`"${escaped}"`) as string;
      if (numbers.get(id) !== Number(number)) return null;
      if (type === 'complete' || type === 'error') numbers.delete(id);
      return message.replace(`${number}:`, '');
    },

    reason: (text) => text.replace(/^(Subscriber for )\d+:/, '$1'),
  };
}

function parse(message: string): { readonly type?: unknown; readonly id?: unknown } | null {
  try {
    const parsed: unknown = JSON.parse(message);
    return typeof parsed === 'object' && parsed !== null ? parsed : null;
  } catch {
    return null;
  }
}
