import { ApiError } from '../errors.js';
import type { OperationContext } from './context.js';

/** Throws FORBIDDEN unless the client is an operator. */
export function operatorsOnly({ client }: OperationContext): void {
  if (client.operator) return;
  throw new ApiError('FORBIDDEN', 'Only operators may do this; OPERATORS names them.');
}
