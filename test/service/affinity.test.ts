import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { PayAndYoeDocument, PayOnlyDocument } from '../generated/operations.js';
import { SEATTLE } from '../fixtures/answers/answers.js';
import { eventually } from '../fixtures/eventually.js';
import { startTestServer, type TestServer } from '../fixtures/server/server.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { json, pending, type Upstream } from '../fixtures/upstream/upstream.js';

useServers({ pendingPolls: 0 });

const SET = { 'set-cookie': 'ARRAffinity=one; Path=/; HttpOnly' };

function respondWithCookie(upstream: Upstream): void {
  upstream.script.submit.push(() => json({ Links: { PayReport: upstream.link('pay') } }, 200, SET));
}

const cookiesOfPolls = (upstream: Upstream) => upstream.polls('pay').map(({ headers }) => headers['cookie']);

/** Takes the pay entry of a stopped server back to where the response was stored and not read. */
function unread({ dataDir }: TestServer, change: (data: Record<string, unknown>) => Record<string, unknown>): void {
  const db = new DatabaseSync(join(dataDir, 'ledger.sqlite'));
  const { data } = db.prepare('SELECT data FROM entries').get() as { data: string };
  const before = change(JSON.parse(data) as Record<string, unknown>);
  db.prepare('UPDATE entries SET state = ?, data = ?').run(String(before['state']), JSON.stringify(before));
  db.close();
}

describe.concurrent('the cookies of the response to a purchase', () => {
  it('are sent with the polls of its links', async ({ atEnd }) => {
    const server = await startTestServer({
      overrides: { simulator: { affinity: true, delayMs: { min: 50, max: 50 } } },
    });
    atEnd(() => server.close());
    const { data, errors } = await server.run(PayAndYoeDocument, { answers: SEATTLE });
    expect(errors).toEqual([]);
    expect(data?.report?.status).toEqual({ pay: 'READY', yoe: 'READY' });
    expect(server.logged.join('')).not.toMatch(/ARRAffinity=/);
    const failed = server.logged.filter((line) => line.includes('a poll failed'));
    expect(failed).toEqual([]);
  });

  it('are sent after a restart, too', async ({ upstream, start, restart }) => {
    respondWithCookie(upstream);
    upstream.options.longestHintMs = 0;
    upstream.script.poll('pay').push(pending(60_000));
    const first = await start();
    await first.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 0 });
    await eventually(() => expect(upstream.polls('pay')).toHaveLength(1));
    const second = await restart(first);
    expect((await second.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect(cookiesOfPolls(upstream)).toEqual(['ARRAffinity=one', 'ARRAffinity=one']);
  });

  it.for(['SENDING', 'UNCERTAIN'])(
    'are stored with it: a link that is found in it after a restart, %s, is polled with them',
    async (state, { upstream, start, restart }) => {
      upstream.script.submit.push(json({ Unreadable: upstream.link('pay') }, 200, SET));
      const first = await start();
      await first.run(PayOnlyDocument, { answers: SEATTLE });
      await first.stop();
      unread(first, ({ failure, since, cookies, purchaseId }) => ({
        state,
        purchaseId,
        answer: JSON.stringify({ Links: { PayReport: upstream.link('pay') } }),
        cookies,
        ...(state === 'SENDING' ? { doubt: null } : { failure, since }),
      }));
      const second = await restart(first);
      expect((await second.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
      expect(cookiesOfPolls(upstream)).toEqual(['ARRAffinity=one']);
      expect(upstream.count('submit')).toBe(1);
    },
  );
});
