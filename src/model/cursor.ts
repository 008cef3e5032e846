import { badUserInput } from '../errors.js';

/** A place in a list: what its elements are ordered by. */
export type CursorParts = readonly (string | number)[];

/** Longer than any cursor that is made here. */
const LONGEST_CURSOR = 400;

/** A cursor for clients, who need not understand it. */
export function encodeCursor(parts: CursorParts): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** The opposite of `encodeCursor`. Throws BAD_USER_INPUT for what is no cursor; `placeIn` returns null for what is none of its list. */
export function decodeCursor<Place>(
  cursor: string,
  argument: string,
  placeIn: (parts: readonly unknown[]) => Place | null,
): Place {
  const parts = cursor.length <= LONGEST_CURSOR ? parsed(Buffer.from(cursor, 'base64url').toString()) : null;
  const place = Array.isArray(parts) ? placeIn(parts) : null;
  if (place === null) throw badUserInput(argument, 'is not a cursor; take one from an answer, as it is.');
  return place;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
