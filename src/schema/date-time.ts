import { GraphQLScalarType } from 'graphql';
import { GraphQLDateTimeISO } from 'graphql-scalars';

/** `DateTimeISO` of graphql-scalars under the contract's name: it alone of that package's answers with strings. */
export const DateTime = new GraphQLScalarType({
  ...GraphQLDateTimeISO.toConfig(),
  name: 'DateTime',
  description:
    'A moment, as RFC 3339 writes it. Answers are in UTC with milliseconds: `2026-01-31T09:30:00.000Z`. An argument may carry any offset (`2026-01-31T10:30:00+01:00`), but must carry one.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
});
