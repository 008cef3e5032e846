/** The operations of one socket, each under an id that is never used again. */
export interface OperationIds {
  /**
   * A client's message with the operation's own id in place of the client's. `completed` is that own id where the client
   * has just completed the operation. What names no operation is handed on as it is. Throws a RangeError for a message
   * that is nested too deeply to be written again.
   */
  incoming(message: string): { readonly message: string; readonly completed: string | null };
  /** A message to the client under the id it knows; null for an operation that it has completed. */
  outgoing(message: string): string | null;
  /** A close reason with the id the client knows. */
  reason(text: string): string;
}

/** How graphql-ws writes a message about an operation: our number, the client's id as JSON has it, the type. */
const ABOUT_OPERATION = /^\{"id":"(\d+):([^"\\]*(?:\\.[^"\\]*)*)","type":"(\w+)"/;
/** A number that no operation has. */
const NONE = 0;

/**
 * A client may use an id again as soon as it has completed the operation under it, which may still be starting or running
 * here. graphql-ws keeps operations by the client's id and would take the old one for the new: so each gets an id of its
 * own, made of a number and the client's id, and what still comes of a completed one is dropped.
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
        // An id that is in use keeps its number: graphql-ws then closes the socket, as the protocol wants it.
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
