/** All that can be seen of one request from outside. */
export interface Seen {
  /** 0: over a socket. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly log: readonly object[];
}

/** When something may be tried again is no sooner known than it is past. */
const RETRY_AFTER = /"retryAfterMs":\d+/g;
/** Of a long text, around the first character that differs. */
const SHOWN = 300;

/** The same text whenever it is. */
export function withoutRetry(text: string): string {
  return text.replace(RETRY_AFTER, '"retryAfterMs":0');
}

/** Whether it is about the clock, which a server looks at by itself every now and then. */
function isOfClock(line: object): boolean {
  return 'msg' in line && String(line.msg).startsWith('the clock ');
}

/** The same without what differs by chance: the time of the response, when to try again, and what is logged of the clock. */
export function withoutChance({ headers, body, log, ...rest }: Seen): Seen {
  const { date: _date, 'content-length': length, 'retry-after': retryAfter, ...others } = headers;
  const same = withoutRetry(body);
  return {
    ...rest,
    headers: {
      ...others,
      ...(same === body && { 'content-length': length }),
      ...(retryAfter !== undefined && { 'retry-after': 'some time' }),
    },
    body: same,
    log: log.filter((line) => !isOfClock(line)),
  };
}

/** How two values differ that should be the same; null if they are. */
export function difference(stored: unknown, executed: unknown): string | null {
  const [a, b] = [JSON.stringify(stored), JSON.stringify(executed)];
  if (a === b) return null;
  let at = 0;
  while (a[at] === b[at]) at++;
  const shown = (text: string): string => text.slice(Math.max(0, at - SHOWN), at + SHOWN);
  return `\n  with stored answers: …${shown(a)}…\n  executed:            …${shown(b)}…`;
}
