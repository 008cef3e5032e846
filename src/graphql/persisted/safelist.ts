import { hash } from 'node:crypto';
import { stripIgnoredCharacters } from 'graphql';
import { ApiError } from '../../errors.js';
import { mismatch, withoutPrefix } from './automatic.js';
import type { ListedOperation } from './manifest.js';

/** The documents that are served, and no others. */
export interface Safelist {
  /**
   * The listed document of a request: by its identifier, or by its text (spaces, commas and comments aside). Throws an
   * ApiError with OPERATION_NOT_LISTED if there is none, a `Refusal` if the two contradict each other.
   */
  textOf(text: string, id: string | null): string;
}

/** `own`: texts of the server's own pages. */
export function createSafelist(operations: readonly ListedOperation[], own: readonly string[] = []): Safelist {
  const texts = [...operations.map(({ text }) => text), ...own];
  // Whatever the identifiers of the manifest are, the SHA-256 is one, as clients without a manifest send it.
  const byId = new Map(texts.map((text) => [hash('sha256', text), text]));
  for (const { id, text } of operations) byId.set(id, text);
  const byText = new Map(texts.flatMap((text) => [stripped(text), text].map((key) => [key, text] as const)));

  return {
    textOf(text, id) {
      const named = id === null ? undefined : (byId.get(id) ?? byId.get(withoutPrefix(id)));
      if (text === '') {
        if (id === null) return text;
        if (named === undefined) throw notListed();
        return named;
      }
      const listed = byText.get(text) ?? byText.get(stripped(text));
      if (listed === undefined) throw notListed();
      if (named !== undefined && named !== listed) throw mismatch();
      return listed;
    },
  };
}

/** A longer text is compared as it is: it takes long to read, and so would an unlisted one. */
const LONGEST_STRIPPED = 64 * 1024;

/** What does not consist of tokens is left as it is: it is not listed. */
function stripped(text: string): string {
  try {
    return text.length > LONGEST_STRIPPED ? text : stripIgnoredCharacters(text);
  } catch {
    return text;
  }
}

function notListed(): ApiError {
  return new ApiError(
    'OPERATION_NOT_LISTED',
    'The server executes only the operations of its safelist, and this is none of them.',
  );
}
