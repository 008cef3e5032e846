import type { GraphQLError, GraphQLSchema } from 'graphql';
import { ApiError, hasCode } from '../../errors.js';
import { withoutPurchases } from '../context.js';
import { argumentIn } from '../format-error.js';
import { invalidArgument } from '../invalid-argument.js';
import type { Layer } from '../operation.js';

/**
 * An operation of which one field has an invalid argument buys nothing, whatever else it selects. It is executed all the
 * same: the field has its error, what would have been bought has one that says why it was not, and the rest has its result.
 */
export function checkArguments(schema: GraphQLSchema): Layer {
  return (next) => async (operation) => {
    const { context } = operation;
    const invalid = invalidArgument(schema, operation, context);
    if (!invalid) return next(operation);
    return next({ ...operation, context: withoutPurchases(context, nothingBought(invalid)) });
  };
}

function nothingBought(invalid: ApiError | GraphQLError): ApiError {
  const details = hasCode(invalid, 'BAD_USER_INPUT')
    ? invalid.details
    : { argument: argumentIn(invalid.message) ?? '', reason: invalid.message };
  const message = `Nothing was bought, because an argument of another field is invalid. ${invalid.message}`;
  return new ApiError('BAD_USER_INPUT', message, details);
}
