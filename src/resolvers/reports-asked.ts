import type { GraphQLField } from 'graphql';
import { Extensions } from 'type-graphql';

/** How many reports selecting a field once asks for: bought unless it is stored or under way, or as much work for upstream. */
type CountReports<Args = unknown> = (args: Args) => number;

const KEY = 'reportsAsked';

/** Declares it. What may buy nothing asks for none. */
export function AsksForReports<Args>(count: CountReports<Args>): MethodDecorator {
  return Extensions({ [KEY]: count });
}

export function reportsAskedBy({ extensions }: GraphQLField<unknown, unknown>, args: unknown): number {
  return (extensions[KEY] as CountReports | undefined)?.(args) ?? 0;
}
