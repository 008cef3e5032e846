import type { GraphQLField } from 'graphql';
import { Extensions } from 'type-graphql';

/** What arguments are checked against beside their own rules. */
export interface ArgumentLimits {
  /** The longest wait for a report, in milliseconds. */
  readonly reportWaitMs: number;
}

/** Throws BAD_USER_INPUT for arguments that the resolver would refuse, whatever the state of anything. */
type CheckArguments<Args = unknown> = (args: Args, limits: ArgumentLimits) => void;

const KEY = 'checkArguments';

/** Declares what can be known to be wrong with the arguments of this field before anything of its operation is executed. */
export function ChecksArguments<Args>(check: CheckArguments<Args>): MethodDecorator {
  return Extensions({ [KEY]: check });
}

export function argumentCheckOf({ extensions }: GraphQLField<unknown, unknown>): CheckArguments | null {
  return (extensions[KEY] as CheckArguments | undefined) ?? null;
}
