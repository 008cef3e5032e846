import type { Run } from '../operation.js';

/** A door may serve some kinds of operations only: plain HTTP no subscriptions, a GET no mutations. */
export function acceptAtDoor(next: Run): Run {
  return async (operation) => {
    operation.door.accept?.(operation.definition);
    return next(operation);
  };
}
