import { describe, expect, it } from 'vitest';
import { logWithRequestId } from '../../src/graphql/layers/log-scope.js';
import { isStream, type ReceivedRequest, type Result } from '../../src/graphql/operation.js';
import { addToLogScope, fieldsOfLogScope, inLogScope } from '../../src/lib/log-scope.js';
import { ANYBODY } from '../fixtures/clients.js';

describe('the scope of log lines', () => {
  it('has its own fields and those around it, and ends with the work', async () => {
    const seen = await inLogScope({ a: '1' }, () =>
      inLogScope({ b: '2' }, async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return fieldsOfLogScope();
      }),
    );
    expect(seen).toEqual({ a: '1', b: '2' });
    expect(fieldsOfLogScope()).toEqual({});
  });

  it('takes fields that are known later, which others do not get', () => {
    inLogScope({ a: '1' }, () => {
      inLogScope({}, () => {
        addToLogScope({ client: 'shop' });
        expect(fieldsOfLogScope()).toEqual({ a: '1', client: 'shop' });
      });
      expect(fieldsOfLogScope()).toEqual({ a: '1' });
    });
    addToLogScope({ client: 'nobody' });
    expect(fieldsOfLogScope()).toEqual({});
  });

  it('is that of its request for every event of a subscription, whoever asks for it', async () => {
    const seen: object[] = [];
    const events: AsyncIterableIterator<Result> = {
      [Symbol.asyncIterator]: () => events,
      next: async () => {
        seen.push(fieldsOfLogScope());
        return { done: false, value: { data: {} } };
      },
      return: async () => {
        seen.push(fieldsOfLogScope());
        return { done: true, value: undefined };
      },
    };
    const receive = logWithRequestId(async () => {
      addToLogScope({ client: 'shop' });
      return { definition: null, results: events, refused: null };
    });
    const { results } = await receive(REQUEST);
    if (!isStream(results)) throw new Error('It is no stream.');
    await inLogScope({ requestId: 'another', other: 'yes' }, async () => {
      await results.next();
      await results.return?.();
    });
    expect(seen).toEqual(Array.from({ length: 2 }, () => ({ requestId: 'mine', client: 'shop' })));
  });
});

const REQUEST: ReceivedRequest = {
  door: { name: 'sse', identify: () => ANYBODY, safe: false, signal: () => new AbortController().signal },
  requestId: 'mine',
  startedAt: 0,
  received: null,
  read: () => ({ query: '', operationName: null, variables: null }),
};
