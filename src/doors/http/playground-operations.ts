import { getIntrospectionQuery } from 'graphql';

/** What the page sends by itself, where clients may read the schema. */
export const PLAYGROUND_OPERATIONS: readonly string[] = [getIntrospectionQuery()];
