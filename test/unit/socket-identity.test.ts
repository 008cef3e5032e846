import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { createProtocol, type SocketExtra } from '../../src/doors/websocket/protocol.js';
import { SocketOperations } from '../../src/doors/websocket/socket-operations.js';
import { ApiError } from '../../src/errors.js';
import { unauthenticated, type Credentials } from '../../src/graphql/authentication/authenticate.js';
import { createFormatError } from '../../src/graphql/format-error.js';
import type { Receive } from '../../src/graphql/operation.js';
import { refused } from '../../src/graphql/refusal.js';
import { clientNamed } from '../fixtures/clients.js';

const formatError = createFormatError(pino({ level: 'silent' }), { hideSuggestions: false });

/** A socket of which the test is both ends. `ask`: what is done with an operation, and sent as its errors. */
function open(ask: (identify: () => unknown) => void, authenticated?: (given: Credentials) => never) {
  const credentials = { ended: null as ApiError | null };
  const asked: Credentials[] = [];
  const sent: { type: string; payload?: unknown }[] = [];
  const closed: [number, string][] = [];
  const receive: Receive = async ({ door }) => {
    try {
      ask(() => door.identify());
      return refused(unauthenticated('asked'), null, formatError);
    } catch (error) {
      return refused(error, null, formatError);
    }
  };
  const protocol = createProtocol({
    receive,
    formatError,
    authenticate(given) {
      asked.push(given);
      return authenticated?.(given) ?? { client: clientNamed('shop'), ended: () => credentials.ended };
    },
  });
  const extra: SocketExtra = {
    operations: new SocketOperations(),
    credentials: () => ({ apiKey: 'of-the-headers', authorization: null }),
    identity: null,
    refuse: (code, reason) => void closed.push([code, reason]),
    terminate: () => undefined,
  };
  let receiveMessage: (text: string) => Promise<void> = async () => undefined;
  protocol.opened(
    {
      protocol: 'graphql-transport-ws',
      send: async (text) => void sent.push(JSON.parse(text) as { type: string }),
      close: (code, reason) => void closed.push([code ?? 0, reason ?? '']),
      onMessage: (handler) => (receiveMessage = handler),
    },
    extra,
  );
  const message = (sent: object): Promise<void> => {
    if ('id' in sent) extra.operations.announce(String(sent.id), PARAMETERS);
    return receiveMessage(JSON.stringify(sent));
  };
  return { credentials, asked, sent, closed, message };
}

const PARAMETERS = { query: '{ a }', documentId: null, operationName: null, variables: null, extensions: null };
const SUBSCRIBE = { id: '1', type: 'subscribe', payload: { query: '{ a }' } };

describe('a socket', () => {
  it('is asked who it is once, when it is initialised', async () => {
    const names: unknown[] = [];
    const { asked, message } = open((identify) => names.push(identify()));
    expect(asked).toEqual([]);
    await message({ type: 'connection_init', payload: { apiKey: 'of-the-params' } });
    await message(SUBSCRIBE);
    await message({ ...SUBSCRIBE, id: '2' });
    expect(asked).toEqual([{ apiKey: 'of-the-params', authorization: null }]);
    expect(names).toEqual([clientNamed('shop'), clientNamed('shop')]);
  });

  it('starts nothing once its credentials have ended, also before it is closed', async () => {
    const { credentials, sent, message } = open((identify) => void identify());
    await message({ type: 'connection_init' });
    credentials.ended = unauthenticated('The token has expired.');
    await message(SUBSCRIBE);
    expect(sent.at(-1)).toMatchObject({
      type: 'error',
      payload: [{ message: 'The token has expired.', extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  it('stays the client that it was for an operation that is under way', async () => {
    const { credentials, sent, message } = open((identify) => {
      const before = identify();
      credentials.ended = unauthenticated('The token has expired.');
      expect(identify()).toBe(before);
    });
    await message({ type: 'connection_init' });
    await message(SUBSCRIBE);
    expect(sent.at(-1)).toMatchObject({ payload: [{ message: 'asked' }] });
  });

  it.each([
    ['not somebody’s', unauthenticated('The API key is not known.'), [4403, 'The API key is not known.']],
    [
      'nobody can tell whose',
      new ApiError('AUTHENTICATION_UNAVAILABLE', 'Not now.', { retryAfterMs: 1_000 }),
      [1013, 'Not now.'],
    ],
  ])('that is %s is closed with a code and the reason', async (_, error, expected) => {
    const { closed, sent, message } = open(
      () => undefined,
      () => {
        throw error;
      },
    );
    await message({ type: 'connection_init' });
    expect(closed[0]).toEqual(expected);
    expect(sent).toEqual([]);
  });
});
