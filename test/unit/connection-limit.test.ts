import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ConnectionLimit } from '../../src/doors/http/connection-limit.js';
import { mostConnections } from '../../src/doors/http/most-connections.js';
import { openFilesLimit, parseOpenFilesLimit } from '../../src/lib/open-files.js';

describe('the limit of connections', () => {
  it('closes the one that has been out of use for the longest time', () => {
    const limit = new ConnectionLimit(3);
    const [first, second, third, fourth, fifth] = added(limit, 5);
    expect([first, second, third, fourth, fifth].map((socket) => socket?.destroyed)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('does not close one in use; released, it counts as the one that was used last', () => {
    const limit = new ConnectionLimit(20);
    const [first, second] = added(limit, 20) as [Socket, Socket];
    expect(limit.use(first)).toBe(true);
    added(limit, 1);
    expect([first.destroyed, second.destroyed]).toEqual([false, true]);
    limit.release(first);
    added(limit, 19);
    expect(first.destroyed).toBe(false);
    added(limit, 1);
    expect(first.destroyed).toBe(true);
  });

  it('refuses further use when as many as there may be are in use, but leaves a few open for the refusal', async () => {
    const limit = new ConnectionLimit(20);
    const used = added(limit, 20);
    expect(used.map((socket) => limit.use(socket))).toEqual(used.map(() => true));
    const others = added(limit, 10);
    expect(others.map((socket) => socket.destroyed)).toEqual([true, true, ...Array<boolean>(8).fill(false)]);
    expect(limit.use(others[9] as Socket)).toBe(false);
    expect(limit.use(used[0] as Socket), 'one that is in use already').toBe(true);

    const closed = used[0] as Socket;
    closed.destroy();
    await new Promise((resolve) => closed.once('close', resolve));
    expect(limit.use(others[9] as Socket)).toBe(true);
  });

  it('says when it closes one', () => {
    let closed = 0;
    const limit = new ConnectionLimit(2, () => (closed += 1));
    added(limit, 2);
    expect(closed).toBe(0);
    added(limit, 1);
    expect(closed).toBe(1);
  });

  it('does not count one that was closed', async () => {
    const limit = new ConnectionLimit(2);
    const [first, second] = added(limit, 2) as [Socket, Socket];
    first.destroy();
    await new Promise((resolve) => first.once('close', resolve));
    added(limit, 1);
    expect(second.destroyed).toBe(false);
    limit.use(first);
    expect(limit.use(second) && limit.use(new Socket()), 'a closed one takes no place').toBe(true);
  });
});

describe('the most connections', () => {
  it.each([
    [10_000, null, 10_000],
    [10_000, 1_048_576, 10_000],
    [10_000, 1_024, 768],
    [500, 1_024, 500],
    [10_000, 300, 150],
  ])('of %i wanted and %s open files allowed are %i', (wanted, openFiles, most) => {
    expect(mostConnections(wanted, openFiles)).toBe(most);
  });

  it.runIf(process.platform === 'linux')('depend on what the system allows', () => {
    expect(openFilesLimit()).toBeGreaterThan(0);
  });

  it.each([
    [
      'Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 524288               files\n',
      1024,
    ],
    ['Max open files            unlimited            unlimited            files\n', null],
    ['', null],
  ])('are read from %j', (limits, soft) => {
    expect(parseOpenFilesLimit(limits)).toBe(soft);
  });
});

function added(limit: ConnectionLimit, count: number): Socket[] {
  return Array.from({ length: count }, () => {
    const socket = new Socket();
    limit.add(socket);
    return socket;
  });
}
