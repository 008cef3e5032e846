import { describe, expect, it } from 'vitest';
import { withEarlierEvents } from '../../../playground/events.js';

async function* eventsOf(count: number): AsyncGenerator<object> {
  for (let i = 1; i <= count; i++) yield { data: i };
}

async function all(events: AsyncIterable<object>): Promise<object[]> {
  const seen: object[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

describe('the events of a subscription in the playground', () => {
  it('are listed with each new one, the latest first, and with their times', async () => {
    const results = await all(withEarlierEvents(eventsOf(3)));
    const receivedAt = expect.stringMatching(/^20.*Z$/);
    expect(results).toEqual([
      { events: [{ receivedAt, data: 1 }] },
      { events: [2, 1].map((data) => ({ receivedAt, data })) },
      { events: [3, 2, 1].map((data) => ({ receivedAt, data })) },
    ]);
  });

  it('are so many at most, and it is said how many are no longer shown', async () => {
    const results = await all(withEarlierEvents(eventsOf(5), 3));
    expect(results.at(2)).not.toHaveProperty('omitted');
    expect(results.at(4)).toMatchObject({ omitted: 2, events: [{ data: 5 }, { data: 4 }, { data: 3 }] });
  });

  it('end with their source, which is closed at once, also while an event is waited for', async () => {
    let close: (() => void) | undefined;
    const source = {
      next: () =>
        new Promise<IteratorResult<object>>((resolve) => (close = () => resolve({ done: true, value: undefined }))),
      return: async () => {
        close?.();
        return { done: true as const, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
    const events = withEarlierEvents(source);
    const next = events.next();
    await events.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it('fail with their source', async () => {
    const events = withEarlierEvents({
      async *[Symbol.asyncIterator]() {
        yield { data: 1 };
        throw new Error('socket closed');
      },
    });
    await events.next();
    await expect(events.next()).rejects.toThrow('socket closed');
  });
});
