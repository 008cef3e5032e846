import { beforeEach, describe, expect, it, vi } from 'vitest';
import { NURSE, numbered, SEATTLE } from '../fixtures/answers/answers.js';
import { eventually } from '../fixtures/eventually.js';
import type { TestServer } from '../fixtures/server/server.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { codesOf, hitsOf, makeHot, sendBody, type Answer } from './stored.js';

const BOTH =
  'query ($answers: AnswersInput!) { report(answers: $answers) { pay { collectedAt } yoe { collectedAt } } }';
const PAY = 'query ($answers: AnswersInput!) { report(answers: $answers) { pay { collectedAt } } }';
const SEVERAL = 'query ($answers: [AnswersInput!]!) { reports(answers: $answers) { pay { levelUsed } } }';
const IF_STORED = 'query ($answers: [AnswersInput!]!) { reports(answers: $answers) { pay(buy: false) { levelUsed } } }';
const SAVED = '{ usage { saved submitted } }';

/** 36 seconds: below the minute by which a clock that jumps is doubted. */
const SHORT_LIFE = { env: { REPORT_TTL_HOURS: '0.01' } };

function bodyOf(query: string, variables: object = { answers: SEATTLE }): string {
  return JSON.stringify({ query, variables });
}

async function savedOf(server: TestServer): Promise<number> {
  const { data } = await sendBody(server, JSON.stringify({ query: SAVED }));
  return (data as { usage: { saved: number } }).usage.saved;
}

function collectedAt(data: unknown): { pay: number; yoe: number } {
  const { pay, yoe } = (data as { report: Record<'pay' | 'yoe', { collectedAt: string }> }).report;
  return { pay: Date.parse(pay.collectedAt), yoe: Date.parse(yoe.collectedAt) };
}

describe('with the clock of the machine', () => {
  useServers({ pendingPolls: 0 });

  it('a repeated request is not executed, and has the same bytes', async ({ start, upstream }) => {
    const server = await start();
    await sendBody(server, bodyOf(BOTH));
    const executed = await sendBody(server, `${bodyOf(BOTH)} `);
    const repeated = await makeHot(server, bodyOf(BOTH));
    expect((await hitsOf(server)).repeated).toBeGreaterThan(0);
    expect([repeated.status, repeated.text]).toEqual([200, executed.text]);
    expect(upstream.bought()).toBe(2);
  });

  it('the same report in other words, or with other selections, is not bought and not executed', async (context) => {
    const { start, upstream } = context;
    const server = await start();
    await makeHot(server, bodyOf(BOTH));
    const { made } = await hitsOf(server);
    const query = `${BOTH} # in other words`;
    await sendBody(server, bodyOf(query));
    for (const answers of [
      { ...SEATTLE, city: ' Seattle ' },
      { ...SEATTLE, skills: null },
    ]) {
      const { errors, data } = await sendBody(server, bodyOf(query, { answers }));
      expect(errors).toBeUndefined();
      expect(data).toEqual((await sendBody(server, bodyOf(BOTH))).data);
    }
    expect((await hitsOf(server)).made).toBeGreaterThan(made);
    expect(upstream.bought()).toBe(2);
  });

  it('each report that was not bought is counted as saved, whoever answers', async ({ start }) => {
    const server = await start();
    const twice =
      'query ($answers: AnswersInput!) { report(answers: $answers) { a: pay { levelUsed } b: pay { levelUsed } } }';
    await sendBody(server, bodyOf(twice));
    let saved = await savedOf(server);
    // The first of the two was bought.
    expect(saved).toBe(1);
    for (let times = 0; times < 5; times++) {
      await sendBody(server, bodyOf(twice));
      expect(await savedOf(server)).toBe((saved += 2));
    }
    expect(await hitsOf(server)).toEqual({ repeated: 3, made: 2 });
  });

  it('a purchase between two repeats is in the second', async ({ start }) => {
    const server = await start();
    const body = bodyOf(IF_STORED, { answers: [SEATTLE, NURSE] });
    await sendBody(server, bodyOf(PAY));
    for (let times = 0; times < 4; times++) {
      expect((await sendBody(server, body)).data).toEqual({ reports: [{ pay: { levelUsed: 'City' } }, { pay: null }] });
    }
    await sendBody(server, bodyOf(PAY, { answers: NURSE }));
    for (let times = 0; times < 4; times++) {
      expect((await sendBody(server, body)).data).toEqual({
        reports: [{ pay: { levelUsed: 'City' } }, { pay: { levelUsed: 'City' } }],
      });
    }
  });

  it('what changes while reports are stored is never stored with them', async ({ start }) => {
    const server = await start();
    await sendBody(server, bodyOf(PAY));
    const query =
      'query ($answers: AnswersInput!) { usage { saved } report(answers: $answers) { status { yoe } pay { levelUsed } } }';
    const seen: unknown[] = [];
    for (let times = 0; times < 4; times++) seen.push((await sendBody(server, bodyOf(query))).data);
    const saved = seen.map((data) => (data as { usage: { saved: number } }).usage.saved);
    expect(saved).toEqual(saved.toSorted((a, b) => a - b));
    expect(new Set(saved).size).toBeGreaterThan(2);
    await sendBody(server, bodyOf(BOTH));
    expect((await sendBody(server, bodyOf(query))).data).toMatchObject({ report: { status: { yoe: 'READY' } } });
  });

  it('an argument that is out of bounds is refused, also after others were not', async ({ start, upstream }) => {
    const server = await start();
    const query =
      'query ($answers: AnswersInput!, $waitMs: Int) { report(answers: $answers) { pay(waitMs: $waitMs) { levelUsed } } }';
    await makeHot(server, bodyOf(query, { answers: SEATTLE, waitMs: 1_000 }));
    for (const waitMs of [-1, 600_001, 1.5, '1000']) {
      for (let times = 0; times < 3; times++) {
        const answer = await sendBody(server, bodyOf(query, { answers: SEATTLE, waitMs }));
        expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
      }
    }
    expect(upstream.bought()).toBe(1);
  });

  it('stopping purchases does not touch what is stored', async ({ start, upstream }) => {
    const server = await start();
    const { text } = await makeHot(server, bodyOf(PAY));
    await sendBody(server, JSON.stringify({ query: 'mutation { setBuying(enabled: false) }' }));
    const before = await hitsOf(server);
    expect((await sendBody(server, bodyOf(PAY))).text).toBe(text);
    expect(codesOf(await sendBody(server, bodyOf(PAY, { answers: NURSE })))).toEqual(['BUYING_STOPPED']);
    expect(await hitsOf(server)).toEqual({ ...before, repeated: before.repeated + 1 });
    expect(upstream.bought()).toBe(1);
  });

  it('a report that had to leave the memory is read again, and nothing is bought', async ({ start, upstream }) => {
    // Of two reports, one fits.
    const server = await start({ overrides: { memory: { reports: 12_000 } } });
    const body = bodyOf(SEVERAL, { answers: [SEATTLE, NURSE] });
    const { text } = await makeHot(server, body);
    for (let number = 0; number < 3; number++) {
      await sendBody(server, bodyOf(PAY, { answers: numbered(number) }));
      expect((await sendBody(server, body)).text).toBe(text);
    }
    expect(await hitsOf(server)).toEqual({ repeated: 0, made: 0 });
    expect(upstream.bought()).toBe(5);
  });

  it('a flood of large requests pushes out neither what is hot nor more than there is room for', async (context) => {
    const { start, upstream } = context;
    const server = await start({ overrides: { memory: { answers: 500_000 } } });
    const hot = bodyOf(BOTH);
    await makeHot(server, hot);
    const large = (number: number): string => bodyOf(BOTH, { answers: SEATTLE, ignored: `${number}`.padEnd(20_000) });
    for (let number = 0; number < 200; number++) {
      for (let times = 0; times < 3; times++) await sendBody(server, large(number));
      const before = await hitsOf(server);
      await sendBody(server, hot);
      expect(await hitsOf(server)).toEqual({ ...before, repeated: before.repeated + 1 });
    }
    const before = await hitsOf(server);
    // What was kept of the flood ends with what came last.
    await sendBody(server, large(199));
    await sendBody(server, large(0));
    expect(await hitsOf(server)).toEqual({ repeated: before.repeated + 1, made: before.made + 1 });
    expect(upstream.bought()).toBe(2);
  });

  it('while the server stops, every request that it takes is answered', async ({ start }) => {
    const server = await start();
    const { text } = await makeHot(server, bodyOf(BOTH));
    const answers: string[] = [];
    const askOn = async (): Promise<void> => {
      for (;;) {
        const answer = await sendBody(server, bodyOf(BOTH)).catch((error: unknown) => error);
        // Nobody listens any more.
        if (answer instanceof TypeError) return;
        if (answer instanceof Error) throw answer;
        const { status, text: received, errors } = answer as Answer;
        answers.push(status === 503 ? (errors?.[0]?.message ?? '') : received);
      }
    };
    const asking = Array.from({ length: 8 }, askOn);
    await eventually(() => expect(answers.length).toBeGreaterThan(20));
    await server.stop();
    await Promise.all(asking);
    expect([...new Set(answers)].filter((answer) => answer !== 'The server is shutting down.')).toEqual([text]);
    expect(server.logged.filter((line) => (JSON.parse(line) as { level: number }).level >= 50)).toEqual([]);
  });
});

describe('with a clock that is moved', () => {
  useServers({ pendingPolls: 0 });

  beforeEach(({ atEnd }) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    atEnd(() => vi.useRealTimers());
  });

  const move = (seconds: number): void => void vi.setSystemTime(Date.now() + seconds * 1_000);

  it('each report expires at its own time, also between two repeats', async ({ start, upstream }) => {
    const server = await start(SHORT_LIFE);
    await sendBody(server, bodyOf(PAY));
    move(20);
    const first = collectedAt((await makeHot(server, bodyOf(BOTH))).data);
    expect(first.yoe - first.pay).toBe(20_000);
    expect((await hitsOf(server)).repeated).toBeGreaterThan(0);

    move(15);
    expect(collectedAt((await sendBody(server, bodyOf(BOTH))).data)).toEqual(first);
    expect(upstream.bought()).toBe(2);
    move(1);
    const second = collectedAt((await sendBody(server, bodyOf(BOTH))).data);
    expect(second).toEqual({ pay: Date.now(), yoe: first.yoe });
    expect([upstream.bought('pay'), upstream.bought('yoe')]).toEqual([2, 1]);

    const hot = await makeHot(server, bodyOf(BOTH));
    expect(collectedAt(hot.data)).toEqual(second);
    move(20);
    expect(collectedAt((await sendBody(server, bodyOf(BOTH))).data)).toEqual({ pay: second.pay, yoe: Date.now() });
    expect([upstream.bought('pay'), upstream.bought('yoe')]).toEqual([2, 2]);
  });

  it('what has expired is not served to whoever buys nothing', async ({ start, upstream }) => {
    const server = await start(SHORT_LIFE);
    const body = bodyOf(IF_STORED, { answers: [SEATTLE] });
    await sendBody(server, bodyOf(PAY));
    expect((await makeHot(server, body)).data).toEqual({ reports: [{ pay: { levelUsed: 'City' } }] });
    move(36);
    for (let times = 0; times < 3; times++) {
      expect((await sendBody(server, body)).data).toEqual({ reports: [{ pay: null }] });
    }
    expect(upstream.bought()).toBe(1);
  });

  it('nothing expires by a clock that is in doubt, and what is stored is served', async ({ start, upstream }) => {
    const server = await start(SHORT_LIFE);
    const { text } = await makeHot(server, bodyOf(BOTH));
    for (const seconds of [-7_200, 7_200 + 3_600]) {
      move(seconds);
      const before = await hitsOf(server);
      expect((await sendBody(server, bodyOf(BOTH))).text).toBe(text);
      expect(await hitsOf(server)).toEqual({ ...before, repeated: before.repeated + 1 });
    }
    move(-3_600 + 40);
    expect(collectedAt((await sendBody(server, bodyOf(BOTH))).data)).toEqual({ pay: Date.now(), yoe: Date.now() });
    expect(upstream.bought()).toBe(4);
  });
});
