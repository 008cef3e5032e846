import { GraphQLScalarType } from 'graphql';
import { GraphQLDateTimeISO } from 'graphql-scalars';

/** `DateTimeISO` of graphql-scalars under the contract's name. Only this one of the package serializes to strings. */
export const DateTime = new GraphQLScalarType({
  ...GraphQLDateTimeISO.toConfig(),
  name: 'DateTime',
  description:
    'A date and time in RFC 3339 format. Results are in UTC with milliseconds: `2026-01-31T09:30:00.000Z`. Arguments may use any offset (`2026-01-31T10:30:00+01:00`), but an offset is required.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
});
