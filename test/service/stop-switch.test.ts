import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import { PayAndYoeDocument, PayOnlyDocument } from '../generated/operations.js';
import { numbered, SEATTLE } from '../fixtures/answers/answers.js';
import { eventually } from '../fixtures/eventually.js';
import { codes } from '../fixtures/server/responses.js';
import type { TestServer } from '../fixtures/server/server.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { useSockets } from '../fixtures/sockets/use-sockets.js';
import { gate, pending, status } from '../fixtures/upstream/upstream.js';
import { BODIES, DOORS } from '../server/doors.js';

const SET = 'mutation ($enabled: Boolean!) { setBuying(enabled: $enabled) }';
const VIEWER = '{ viewer { operator canBuy buying budget { used } } }';
const PAY = 'query ($answers: AnswersInput!) { report(answers: $answers) { pay { collectedAt } } }';

/** Everybody is an operator. */
const OPERATED = { env: { OPERATORS: 'anonymous' } };

async function setBuying(server: TestServer, enabled: boolean): Promise<unknown> {
  const { data, errors } = await server.run<{ setBuying: boolean }, object>(SET, { enabled });
  expect(errors).toEqual([]);
  return data?.setBuying;
}

/** Counts the purchases whose first byte is being written, in this process, to an upstream. */
function purchasesLeaving(origin: string) {
  let count = 0;
  const notice = (message: unknown): void => {
    const { request } = message as { request: { origin: string | URL; method: string; path: string } };
    if (String(request.origin) === origin && request.method === 'POST' && request.path.endsWith('/reports')) count += 1;
  };
  subscribe('undici:client:sendHeaders', notice);
  return { count: () => count, close: () => void unsubscribe('undici:client:sendHeaders', notice) };
}

useServers({ pendingPolls: 0 });
useSockets();

describe.concurrent('while buying is stopped', () => {
  it('nothing is bought at any door, and everybody is told', async (context) => {
    const { start, upstream } = context;
    const server = await start(OPERATED);
    expect(await setBuying(server, false)).toBe(false);
    for (const door of BODIES) {
      const { errors } = await DOORS[door](server, { query: PAY, variables: { answers: SEATTLE } }, context);
      expect(errors, door).toMatchObject([{ path: ['report', 'pay'], extensions: { code: 'BUYING_STOPPED' } }]);
    }
    expect((await server.run(VIEWER)).data).toEqual({
      viewer: { operator: true, canBuy: false, buying: false, budget: { used: 0 } },
    });
    expect(upstream.count('submit')).toBe(0);
    expect(await setBuying(server, true)).toBe(true);
    expect((await server.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect((await server.run(VIEWER)).data).toMatchObject({ viewer: { canBuy: true, buying: true } });
  });

  it('what is stored is served, and what is pending is collected', async ({ start, upstream }) => {
    const held = gate();
    upstream.script.poll('yoe').push(held);
    const server = await start(OPERATED);
    const asking = server.run(PayAndYoeDocument, { answers: SEATTLE });
    await held.arrived;
    await setBuying(server, false);
    held.release(pending());
    expect((await asking).errors).toEqual([]);
    expect((await server.run(PayAndYoeDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect(upstream.bought()).toBe(2);
  });

  it('a restart changes nothing, and sends nothing that was claimed before', async (context) => {
    const { start, restart, upstream } = context;
    upstream.script.submit.otherwise(status(503));
    const server = await start(OPERATED);
    // Between two attempts, as a claim that was not sent yet.
    const asking = server.run(PayOnlyDocument, { answers: SEATTLE }).catch(() => undefined);
    await eventually(() => expect(upstream.count('submit')).toBe(1));
    await setBuying(server, false);
    const sent = upstream.count('submit');
    const next = await restart(server, OPERATED);
    await asking;
    upstream.script.submit.otherwise(status(500));
    expect(codes(await next.run(PayOnlyDocument, { answers: numbered(1) }))).toEqual({
      'report.pay': 'BUYING_STOPPED',
    });
    await eventually(async () => {
      const { data } = await next.run<{ viewer: { budget: { used: number } } }, object>(VIEWER);
      expect(data?.viewer.budget.used).toBe(0);
    });
    expect(upstream.count('submit')).toBe(sent);
  });

  it('an attempt that is repeated after a 401 is not sent either', async ({ start, upstream }) => {
    const held = gate();
    upstream.script.submit.push(held);
    const server = await start(OPERATED);
    const asking = server.run(PayOnlyDocument, { answers: SEATTLE });
    await held.arrived;
    await setBuying(server, false);
    held.release(status(401));
    expect(codes(await asking)).toEqual({ 'report.pay': 'BUYING_STOPPED' });
    expect([upstream.count('submit'), upstream.bought()]).toEqual([1, 0]);
    expect((await server.run(VIEWER)).data).toMatchObject({ viewer: { budget: { used: 0 } } });
  });
});

describe.concurrent('setBuying', () => {
  it('resolves when no POST starts any more, whatever was about to', async ({ start, upstream, onTestFinished }) => {
    const server = await start(OPERATED);
    const left = purchasesLeaving(upstream.url);
    onTestFinished(left.close);
    for (let round = 0; round < 5; round++) {
      const asked = Array.from({ length: 40 }, (_, index) =>
        server.run(PayOnlyDocument, { answers: numbered(round * 100 + index) }),
      );
      const before = left.count();
      await eventually(() => expect(left.count()).toBeGreaterThan(before + round * 5));
      expect(await setBuying(server, false)).toBe(false);
      const when = left.count();
      const outcomes = (await Promise.all(asked)).map(({ errors }) => errors[0]?.extensions.code ?? 'bought');
      expect(outcomes.filter((outcome) => !['bought', 'BUYING_STOPPED'].includes(outcome))).toEqual([]);
      expect(left.count()).toBe(when);
      expect(upstream.bought()).toBe(when);
      const { data } = await server.run<{ viewer: { budget: { used: number } } }, object>(VIEWER);
      expect(data?.viewer.budget.used).toBe(when);
      expect(await setBuying(server, true)).toBe(true);
    }
  });

  it('of several at once ends as the last one wanted', async ({ start }) => {
    const server = await start(OPERATED);
    const wanted = [false, true, false, true, false];
    for (const enabled of wanted) void server.run(SET, { enabled });
    await eventually(async () => {
      const { data } = await server.run<{ viewer: { buying: boolean } }, object>(VIEWER);
      expect(data?.viewer.buying).toBe(false);
    });
  });
});
