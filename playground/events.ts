/** So many are shown: each event rewrites the whole pane. */
const MOST_EVENTS = 100;

/**
 * GraphiQL replaces each result of a stream by the next. In this one a result is a list of all there have been, the latest
 * first: `{ events }`, each with when it arrived (`receivedAt`, in UTC), and `omitted`, how many earlier ones are no longer
 * in it, if any. Not an async generator, which could not be stopped while it waits for an event.
 */
export function withEarlierEvents(stream: AsyncIterable<object>, most = MOST_EVENTS): AsyncIterableIterator<object> {
  const source = stream[Symbol.asyncIterator]();
  let events: readonly object[] = [];
  let received = 0;

  const add = (event: object): object => {
    received++;
    events = [{ receivedAt: new Date().toISOString(), ...event }, ...events].slice(0, most);
    return events.length === received ? { events } : { omitted: received - events.length, events };
  };

  return {
    async next() {
      const event = await source.next();
      return event.done ? { done: true, value: undefined } : { done: false, value: add(event.value) };
    },
    async return() {
      await source.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
