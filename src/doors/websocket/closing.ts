import type { Connection } from './connection.js';

/** During shutdown, sockets close one by one over this time, so that their clients do not all reconnect at once. */
const CLOSING_SPREAD_MS = 3_000;
const CLOSING_LAST_MS = 500;
const CLOSING_GRACE_MS = 2_000;

/** Sockets with a running query close last: by then it has its result, because the service has ended all waits. */
export async function closeAll(connections: Iterable<Connection>): Promise<void> {
  const isExecuting = ({ operations }: Connection): boolean => operations.executing > 0;
  const open = [...connections].sort((a, b) => Number(isExecuting(a)) - Number(isExecuting(b)));
  const all = Promise.all(open.map(({ socket }) => new Promise((resolve) => socket.once('close', resolve))));
  const times = closingTimes(open.length);
  const timers = open.map((connection, index) => {
    const afterMs = isExecuting(connection) ? CLOSING_SPREAD_MS + CLOSING_LAST_MS : (times[index] ?? 0);
    return setTimeout(() => connection.socket.close(1001, 'Going away'), afterMs);
  });
  const last = setTimeout(
    () => open.forEach((connection) => connection.terminate()),
    CLOSING_SPREAD_MS + CLOSING_GRACE_MS,
  );
  await all;
  for (const timer of [...timers, last]) clearTimeout(timer);
}

/** When each of so many sockets is closed, in milliseconds after the first. */
export function closingTimes(count: number): number[] {
  return Array.from({ length: count }, (_, index) => (CLOSING_SPREAD_MS * index) / count);
}
