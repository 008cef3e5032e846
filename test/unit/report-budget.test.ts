import { parse, type OperationDefinitionNode } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { createOperationContext, type Services } from '../../src/graphql/context.js';
import { reportBudget } from '../../src/graphql/layers/report-budget.js';
import type { Operation, Result, Results } from '../../src/graphql/operation.js';

const RESETS_AT = new Date('2026-02-01T00:00:00Z');
const TOLD = { budget: { limit: 5, used: 3, resetsAt: '2026-02-01T00:00:00.000Z' } };

/** An operation of a client whose budget is 5, of which 3 are used. */
function operation(budget = async (_client: string) => ({ used: 3, resetsAt: RESETS_AT })): Operation {
  const document = parse('{ a }');
  const door = {
    name: 'http',
    safe: false,
    identify: () => client,
    signal: () => new AbortController().signal,
  } as const;
  const client = { name: 'ann', operator: false, mayBuy: true };
  return {
    door,
    client,
    document,
    definition: document.definitions[0] as OperationDefinitionNode,
    variables: null,
    context: createOperationContext({ reports: { budget }, budget: 5 } as unknown as Services, client, door),
    startedAt: 0,
    reports: 0,
  };
}

/** What the layer makes of these results. `buys`: whether something is bought meanwhile. */
function resultsOf(results: Results, buys: boolean, given = operation()): Promise<Results> {
  return reportBudget()(async ({ context }) => {
    if (buys) context.buyer.onPurchase();
    return results;
  })(given);
}

async function* eventsOf(...events: Result[]): AsyncIterableIterator<Result> {
  yield* events;
}

describe('the budget in an answer', () => {
  it('is there if something was bought, beside other extensions, and not otherwise', async () => {
    const result = { data: { a: 1 }, extensions: { other: true } };
    expect(await resultsOf(result, true)).toEqual({ data: { a: 1 }, extensions: { other: true, ...TOLD } });
    expect(await resultsOf(result, false)).toBe(result);
  });

  it('is that of the client that asked', async () => {
    const budget = vi.fn<(client: string) => Promise<{ used: number; resetsAt: Date }>>();
    budget.mockResolvedValue({ used: 3, resetsAt: RESETS_AT });
    await resultsOf({ data: {} }, true, operation(budget));
    expect(budget).toHaveBeenCalledExactlyOnceWith('ann');
  });

  it('is in the first event of a subscription only, which ends as before', async () => {
    const events = (await resultsOf(eventsOf({ data: { e: 1 } }, { data: { e: 2 } }), true)) as AsyncIterable<Result>;
    const received: Result[] = [];
    for await (const event of events) received.push(event);
    expect(received).toEqual([{ data: { e: 1 }, extensions: TOLD }, { data: { e: 2 } }]);
    const untouched = eventsOf({ data: { e: 1 } });
    expect(await resultsOf(untouched, false)).toBe(untouched);
  });

  it.each(['return', 'throw'] as const)('does not keep a subscription open that is ended by %s', async (how) => {
    let ended = false;
    const source = eventsOf({ data: {} });
    const closing: AsyncIterableIterator<Result> = {
      next: () => source.next(),
      return: async () => {
        ended = true;
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => closing,
    };
    const events = (await resultsOf(closing, true)) as AsyncIterableIterator<Result>;
    await events[how]?.(new Error('It is over.')).catch(() => undefined);
    expect(ended).toBe(true);
  });

  it('is left out if it cannot be told, and the answer is not', async () => {
    const unavailable = operation(() => Promise.reject(new Error('The ledger is gone.')));
    expect(await resultsOf({ data: { a: 1 } }, true, unavailable)).toEqual({ data: { a: 1 } });
  });
});
