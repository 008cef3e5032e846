import { badUserInput } from '../errors.js';
import type { Connection } from '../schema/connection.js';

const MOST_AT_ONCE = 100;

export const FIRST = `How many at most, from 1 to ${MOST_AT_ONCE}. \`BAD_USER_INPUT\` otherwise.`;
export const AFTER =
  'The cursor of the edge after which to go on. `BAD_USER_INPUT` if it is none. Null: from the beginning.';

export interface PageArguments {
  readonly first: number;
  readonly after?: string | null;
}

/** The place after which the page begins; null: at the beginning. Throws BAD_USER_INPUT for invalid arguments. */
export function placeOf<Place>(
  { first, after }: PageArguments,
  parse: (cursor: string, argument: string) => Place,
): Place | null {
  if (first < 1 || first > MOST_AT_ONCE)
    throw badUserInput('first', `must be from 1 to ${MOST_AT_ONCE}; it is ${first}.`);
  return typeof after === 'string' ? parse(after, 'after') : null;
}

/** A part of a list, and where it lies between earlier and later ones. */
interface Part {
  /** How many there are in all. */
  readonly total: number;
  readonly hasEarlier: boolean;
  readonly hasLater: boolean;
}

export function connectionOf<Node>(edges: Connection<Node>['edges'], part: Part): Connection<Node> {
  return {
    edges,
    pageInfo: {
      hasNextPage: part.hasLater,
      hasPreviousPage: part.hasEarlier,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: part.total,
  };
}
