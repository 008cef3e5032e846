import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOperationIds, type OperationIds } from '../../src/doors/websocket/operation-ids.js';

/** The own id that a message from the client was given. */
function ownIdOf(ids: OperationIds, type: string, id: string): string {
  return (JSON.parse(ids.incoming(JSON.stringify({ id, type })).message) as { id: string }).id;
}

/** A message of the server's, as graphql-ws writes it. */
function written(id: string, type: string, payload?: unknown): string {
  return JSON.stringify({ id, type, payload });
}

const NASTY_IDS = ['1', '1:a', ':', '"', '\\"', '\\', 'a","type":"complete"', '}', '\u2028', '😀', '__proto__', ' '];

describe('the id of an operation', () => {
  it.each(NASTY_IDS)('comes back to the client as it gave it: %j', (id) => {
    const ids = createOperationIds();
    const own = ownIdOf(ids, 'subscribe', id);
    expect(own).not.toBe(id);
    const payload = { data: { id: own, text: '{"id":"1:x","type":"complete"}' } };
    expect(ids.outgoing(written(own, 'next', payload))).toBe(written(id, 'next', payload));
    expect(ids.outgoing(written(own, 'complete'))).toBe(written(id, 'complete'));
  });

  it('is the same while the operation is open, so that a duplicate is found', () => {
    const ids = createOperationIds();
    expect(ownIdOf(ids, 'subscribe', 'a')).toBe(ownIdOf(ids, 'subscribe', 'a'));
  });

  it('cannot be chosen by a client that knows how ids are made', () => {
    const ids = createOperationIds();
    const own = ownIdOf(ids, 'subscribe', 'a');
    expect(ownIdOf(ids, 'complete', own)).not.toBe(own);
    expect(ids.outgoing(written(own, 'next'))).toBe(written('a', 'next'));
  });

  it.each(['complete', 'error'])('is free again after %s by the server', (type) => {
    const ids = createOperationIds();
    const first = ownIdOf(ids, 'subscribe', 'a');
    ids.outgoing(written(first, type, []));
    const second = ownIdOf(ids, 'subscribe', 'a');
    expect(second).not.toBe(first);
    expect(ids.outgoing(written(first, 'next'))).toBeNull();
    expect(ids.outgoing(written(second, 'next'))).toBe(written('a', 'next'));
  });

  it('tells which operation a client has completed, once', () => {
    const ids = createOperationIds();
    const own = ownIdOf(ids, 'subscribe', 'a');
    const message = JSON.stringify({ id: 'a', type: 'complete' });
    expect(ids.incoming(message).completed).toBe(own);
    expect(ids.incoming(message).completed).toBeNull();
  });

  it.each([
    '',
    '{',
    '[]',
    'null',
    '"a"',
    '{"type":"ping"}',
    '{"id":1,"type":"subscribe"}',
    '{"id":"","type":"subscribe"}',
  ])('is looked for in no other message: %s', (message) => {
    const ids = createOperationIds();
    expect(ids.incoming(message)).toEqual({ message, completed: null });
    expect(ids.outgoing(message)).toBe(message);
  });

  it('is the one the client knows in the reason for which a socket is closed', () => {
    const ids = createOperationIds();
    const own = ownIdOf(ids, 'subscribe', 'a:b');
    expect(ids.reason(`Subscriber for ${own} already exists`)).toBe('Subscriber for a:b already exists');
    expect(ids.reason('Unauthorized')).toBe('Unauthorized');
  });

  it('never brings a client anything of an operation that it has completed', () => {
    const steps = fc.array(
      fc.record({ id: fc.constantFrom('a', 'b'), act: fc.constantFrom('subscribe', 'complete', 'next', 'end') }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(steps, (steps) => {
        const ids = createOperationIds();
        const open = new Map<string, string>();
        const every: [own: string, id: string][] = [];
        for (const { id, act } of steps) {
          if (act === 'subscribe') {
            const own = ownIdOf(ids, act, id);
            open.set(id, own);
            every.push([own, id]);
          } else if (act === 'complete') {
            ids.incoming(JSON.stringify({ id, type: 'complete' }));
            open.delete(id);
          } else if (act === 'end' && open.has(id)) {
            ids.outgoing(written(open.get(id) ?? '', 'complete'));
            open.delete(id);
          }
          for (const [own, client] of every) {
            const expected = open.get(client) === own ? written(client, 'next', {}) : null;
            expect(ids.outgoing(written(own, 'next', {}))).toBe(expected);
          }
        }
      }),
    );
  });
});
