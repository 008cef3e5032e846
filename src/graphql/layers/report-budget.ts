import type { OperationContext } from '../../resolvers/context.js';
import { isStream, type Layer, type Result } from '../operation.js';

/**
 * Tells whoever bought something what it has bought on this day: `extensions.budget` in the answer, or in the first one of
 * a subscription.
 */
export function reportBudget(): Layer {
  return (next) => async (operation) => {
    const results = await next(operation);
    const { context } = operation;
    if (!context.purchased) return results;
    return isStream(results) ? firstWithBudget(results, context) : withBudget(results, context);
  };
}

async function withBudget(result: Result, { reports, client, buyer }: OperationContext): Promise<Result> {
  try {
    const { used, resetsAt } = await reports.budget(client.name);
    const budget = { limit: buyer.budget, used, resetsAt: resetsAt.toISOString() };
    return { ...result, extensions: { ...result.extensions, budget } };
  } catch {
    // What was bought must reach the client, also while the ledger cannot say what else was.
    return result;
  }
}

function firstWithBudget(
  results: AsyncIterableIterator<Result>,
  context: OperationContext,
): AsyncIterableIterator<Result> {
  let told = false;
  const values: AsyncIterableIterator<Result> = {
    [Symbol.asyncIterator]: () => values,
    async next() {
      const item = await results.next();
      if (told || item.done) return item;
      told = true;
      return { done: false, value: await withBudget(item.value, context) };
    },
    async return() {
      await results.return?.();
      return { done: true, value: undefined };
    },
    async throw(error: unknown) {
      await results.return?.();
      throw error;
    },
  };
  return values;
}
