import { describe, it } from 'vitest';
import { numbered, SEATTLE } from '../fixtures/answers/answers.js';
import { eventually } from '../fixtures/eventually.js';
import type { TestServer } from '../fixtures/server/server.js';
import { withLedger } from '../fixtures/server/uncertain.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { openStream } from '../fixtures/sockets/raw-stream.js';
import { codes } from '../fixtures/server/responses.js';
import { gate, reset, type Upstream } from '../fixtures/upstream/upstream.js';
import type { AnswersInput } from '../generated/operations.js';

const CORRECT = { ANSWER_CHECK: 'correct' };
const TITLE = 'Software Developer';
const GIVEN = { ...SEATTLE, jobTitle: TITLE.toLowerCase(), city: null, state: null };
const PROPER = { ...GIVEN, jobTitle: TITLE };

const PAY = `query ($answers: AnswersInput!, $buy: Boolean! = true) {
  report(answers: $answers) { id answers { jobTitle } status { pay yoe } pay(buy: $buy) { reportRating } } }`;
const YOE = 'query ($answers: AnswersInput!) { report(answers: $answers) { id yoe { reportRating } } }';
const BOTH =
  'query ($answers: AnswersInput!) { report(answers: $answers) { pay { reportRating } yoe { reportRating } } }';
const STATUS = 'query ($answers: AnswersInput!) { report(answers: $answers) { id status { pay yoe } } }';
const BY_ID =
  'query ($id: ID!) { reportById(id: $id) { id answers { jobTitle } status { pay } pay { reportRating } } }';
const USAGE = '{ usage { submitted collected saved } }';
const FOLLOW = `subscription ($answers: AnswersInput!, $buy: Boolean!) {
  reportStatus(answers: $answers, types: [PAY], buy: $buy) {
    reportId status report { id answers { jobTitle } pay { reportRating } } } }`;

describe.concurrent('one question in two spellings', () => {
  useServers({ pendingPolls: 0 });

  it('is one purchase, in the spelling of upstream, and each has its own id', async ({ start, upstream, expect }) => {
    const server = await start({ env: CORRECT });
    const [given, proper] = await Promise.all([GIVEN, PROPER].map((answers) => ask(server, answers)));
    for (const each of [given, proper])
      expect(each).toMatchObject({ pay: { reportRating: 0.86 }, status: { pay: 'READY', yoe: 'NOT_REQUESTED' } });
    expect(given?.id).not.toBe(proper?.id);
    expect(given?.answers).toEqual({ jobTitle: GIVEN.jobTitle });
    expect(titlesOf(upstream)).toEqual([TITLE]);
    expect((await server.run(BY_ID, { id: given?.id })).data).toMatchObject({
      reportById: { id: given?.id, answers: { jobTitle: GIVEN.jobTitle }, status: { pay: 'READY' }, pay: {} },
    });
    expect((await server.run(USAGE)).data).toEqual({ usage: { submitted: 1, collected: 1, saved: 2 } });
  });

  it('has each type bought once, whichever spelling asks for it', async ({ start, upstream, expect }) => {
    const server = await start({ env: CORRECT });
    await ask(server, GIVEN);
    const lookups = upstream.count('lookup');
    for (const answers of [GIVEN, PROPER]) expect((await server.run(YOE, { answers })).errors).toEqual([]);
    expect(upstream.submits().map(({ requestedReports }) => requestedReports)).toEqual([['pay'], ['yoe']]);
    expect(titlesOf(upstream)).toEqual([TITLE, TITLE]);
    expect(upstream.count('lookup')).toBeLessThanOrEqual(lookups + 1);
  });

  it('is looked up only when it would be bought: until then a new spelling is not requested', async (context) => {
    const { start, upstream, expect } = context;
    const server = await start({ env: CORRECT });
    await ask(server, PROPER);
    const lookups = upstream.count('lookup');
    const given = (await server.run<{ report: object }, object>(STATUS, { answers: GIVEN })).data?.report;
    expect(given).toMatchObject({ status: { pay: 'NOT_REQUESTED', yoe: 'NOT_REQUESTED' } });
    expect(await ask(server, GIVEN, false)).toMatchObject({ pay: null });
    expect(upstream.count('lookup')).toBe(lookups);
    expect(await ask(server, GIVEN)).toMatchObject({ pay: { reportRating: 0.86 } });
    expect(await ask(server, GIVEN, false)).toMatchObject({ pay: { reportRating: 0.86 }, status: { pay: 'READY' } });
    const url = `${server.url}/graphql?${new URLSearchParams({ query: PAY, variables: JSON.stringify({ answers: GIVEN }) })}`;
    const got = await fetch(url, { headers: { 'apollo-require-preflight': 'true' } });
    expect(await got.json()).toMatchObject({ data: { report: { pay: { reportRating: 0.86 } } } });
    expect(upstream.submits()).toHaveLength(1);
  });

  it('is followed by the id that was asked, also from before it was bought', async ({ start, upstream, expect }) => {
    const server = await start({ env: CORRECT });
    const follow = (answers: AnswersInput, buy: boolean) =>
      openStream(server.url, { query: FOLLOW, variables: { answers, buy } });
    const [early, ...others] = await Promise.all([follow(GIVEN, false), follow(GIVEN, true), follow(PROPER, true)]);
    await Promise.all([early, ...others].map((stream) => stream?.ended));
    const events = [early, ...others].map((stream) =>
      (stream?.results ?? []).map(({ data }) => data?.['reportStatus'] as Record<string, Record<string, unknown>>),
    );
    for (const [index, jobTitle] of [GIVEN.jobTitle, GIVEN.jobTitle, TITLE].entries()) {
      const last = events[index]?.at(-1);
      expect(last).toMatchObject({ status: 'READY', report: { answers: { jobTitle }, pay: { reportRating: 0.86 } } });
      expect(last?.['report']?.['id']).toBe(last?.['reportId']);
    }
    expect(events[0]?.[0]).toMatchObject({ status: 'NOT_REQUESTED' });
    expect(upstream.submits()).toHaveLength(1);
  });

  it('is stored as one in memory, too, and counts as saved', async ({ start, upstream, expect }) => {
    const server = await start({ env: CORRECT });
    const query = 'query ($answers: AnswersInput!) { report(answers: $answers) { id pay { reportRating } } }';
    const first = await server.run(query, { answers: GIVEN });
    for (let index = 0; index < 3; index++) {
      expect((await server.run(query, { answers: GIVEN })).data).toEqual(first.data);
      expect((await server.run(query, { answers: PROPER })).errors).toEqual([]);
    }
    expect(upstream.submits()).toHaveLength(1);
    expect((await server.run(USAGE)).data).toEqual({ usage: { submitted: 1, collected: 1, saved: 6 } });
  });

  it('is bought anew once, by either, when it has expired, and is looked up again', async (context) => {
    const { start, restart, upstream, expect } = context;
    let server = await start({ env: CORRECT });
    await ask(server, GIVEN);
    expire(server);
    server = await restart(server, { env: CORRECT });
    expect((await server.run(STATUS, { answers: GIVEN })).data).toMatchObject({
      report: { status: { pay: 'NOT_REQUESTED' } },
    });
    for (const answers of [GIVEN, PROPER, GIVEN]) expect(await ask(server, answers)).toMatchObject({ pay: {} });
    expect(titlesOf(upstream)).toEqual([TITLE, TITLE]);
  });

  it('without the check stays what it is until it expires, and a new spelling is bought as it is', async (context) => {
    const { start, restart, upstream, expect } = context;
    let server = await start({ env: CORRECT });
    await ask(server, GIVEN);
    server = await restart(server, { env: { ANSWER_CHECK: 'off' } });
    const lookups = upstream.count('lookup');
    expect(await ask(server, GIVEN)).toMatchObject({ pay: {} });
    expect((await server.run(YOE, { answers: GIVEN })).errors).toEqual([]);
    expect(titlesOf(upstream)).toEqual([TITLE, TITLE]);
    const shouted = { ...GIVEN, jobTitle: TITLE.toUpperCase() };
    await ask(server, shouted);
    expire(server);
    server = await restart(server, { env: { ANSWER_CHECK: 'off' } });
    expect(await ask(server, GIVEN)).toMatchObject({ pay: {} });
    expect(titlesOf(upstream)).toEqual([TITLE, TITLE, shouted.jobTitle, GIVEN.jobTitle]);
    expect(upstream.count('lookup')).toBe(lookups);
  });

  it('that was bought in each of them before stays two until they expire', async ({
    start,
    restart,
    upstream,
    expect,
  }) => {
    let server = await start();
    await ask(server, GIVEN);
    await ask(server, PROPER);
    server = await restart(server, { env: CORRECT });
    for (const answers of [GIVEN, PROPER]) expect(await ask(server, answers)).toMatchObject({ pay: {} });
    expect(titlesOf(upstream)).toEqual([GIVEN.jobTitle, TITLE]);
    expire(server);
    server = await restart(server, { env: CORRECT });
    for (const answers of [GIVEN, PROPER]) expect(await ask(server, answers)).toMatchObject({ pay: {} });
    expect(titlesOf(upstream)).toEqual([GIVEN.jobTitle, TITLE, TITLE]);
  });

  it('that is uncertain is named by the id that was asked, and settled by it', async ({ start, upstream, expect }) => {
    const server = await start({ env: CORRECT });
    upstream.script.submit.push(reset(), reset());
    const { data, errors } = await server.run<{ report: { id: string } }, object>(PAY, { answers: GIVEN });
    const { id = '' } = data?.report ?? {};
    expect(errors).toMatchObject([{ extensions: { code: 'SUBMISSION_UNCERTAIN', reportId: id } }]);
    const again = await server.run(
      'mutation ($id: ID!, $since: DateTime!) { buyAgain(id: $id, types: [PAY], since: $since) { id } }',
      { id, since: errors[0]?.extensions.since },
    );
    expect([again.errors, again.data]).toEqual([[], { buyAgain: { id } }]);
    await eventually(async () => expect(codes(await server.run(PAY, { answers: PROPER }))).toMatchObject({}));
    const lost = await server.run(PAY, { answers: GIVEN });
    const close = `mutation ($id: ID!, $since: DateTime!) {
      closeUncertain(id: $id, types: [PAY], since: $since, note: "No.") { id status { pay } } }`;
    const stale = await server.run(close, { id, since: new Date(0).toISOString() });
    expect(stale.errors).toMatchObject([{ extensions: { code: 'PURCHASE_CHANGED', reportId: id } }]);
    const closed = await server.run(close, { id, since: lost.errors[0]?.extensions.since });
    expect([closed.errors, closed.data]).toEqual([[], { closeUncertain: { id, status: { pay: 'FAILED' } } }]);
    expect((await server.run('{ uncertainReports { totalCount } }')).data).toEqual({
      uncertainReports: { totalCount: 0 },
    });
    expect(upstream.submits()).toHaveLength(2);
  });

  it('joins a purchase that is under way in the other', async ({ start, upstream, expect }) => {
    const server = await start({ env: CORRECT });
    const held = gate();
    upstream.script.submit.push(held);
    const first = ask(server, PROPER);
    await held.arrived;
    const second = ask(server, GIVEN);
    await eventually(async () => {
      const { data } = await server.run(STATUS, { answers: GIVEN });
      expect(data).toMatchObject({ report: { status: { pay: 'SUBMITTING' } } });
    });
    held.release();
    for (const { pay } of await Promise.all([first, second])) expect(pay).toEqual({ reportRating: 0.86 });
    expect(upstream.submits()).toHaveLength(1);
  });

  it('is charged once to a budget, and costs nothing where that is used up', async ({ start, upstream, expect }) => {
    const server = await start({ env: { ...CORRECT, BUDGET_REPORTS_PER_DAY: '1' } });
    await ask(server, PROPER);
    expect(await ask(server, GIVEN)).toMatchObject({ pay: { reportRating: 0.86 } });
    const other = { ...GIVEN, averageSizeCompetitor: 3 };
    expect((await server.run(PAY, { answers: other })).errors).toMatchObject([
      { extensions: { code: 'BUDGET_EXCEEDED' } },
    ]);
    expect(upstream.submits()).toHaveLength(1);
  });

  it.for([
    ['a budget that is used up', '1', '{ viewer { canBuy } }', 'BUDGET_EXCEEDED'],
    ['the stop switch', '9', 'mutation { setBuying(enabled: false) }', 'BUYING_STOPPED'],
  ] as const)(
    'has what is stored of it served where %s refuses the rest',
    async ([, budget, before, refusal], { start, upstream, expect }) => {
      const server = await start({
        env: { ...CORRECT, OPERATORS: 'anonymous', BUDGET_REPORTS_PER_DAY: budget },
      });
      await ask(server, PROPER);
      expect((await server.run(before)).errors).toEqual([]);
      const { data, errors } = await server.run(BOTH, { answers: GIVEN });
      expect(errors).toMatchObject([{ path: ['report', 'yoe'], extensions: { code: refusal } }]);
      expect(data).toMatchObject({ report: { pay: { reportRating: 0.86 }, yoe: null } });
      expect(upstream.submits()).toHaveLength(1);
    },
  );
});

describe('two hundred questions in ten spellings of twenty', () => {
  useServers({ pendingPolls: 0 });

  it('are twenty purchases, and none the second time; C, C# and C++ are three', async ({ start, upstream, expect }) => {
    const questions = Array.from({ length: 200 }, (_, index): AnswersInput => {
      return { ...numbered(Math.floor(index / 10)), jobTitle: spelled(TITLE, index % 10) };
    });
    const languages = ['C', 'C#', 'C++'].flatMap((name) =>
      ['Developer', 'developer', 'DEVELOPER'].map((word) => ({ ...PROPER, jobTitle: `${name} ${word}` })),
    );
    const server = await start({ env: CORRECT });
    for (const [asked, bought] of [
      [questions, 20],
      [questions, 20],
      [languages, 23],
    ] as const) {
      const answered = await Promise.all(asked.map((answers) => ask(server, answers)));
      expect(answered.filter(({ pay }) => pay?.reportRating !== 0.86)).toEqual([]);
      expect(upstream.bought()).toBe(bought);
    }
  });
});

interface Asked {
  readonly id: string;
  readonly answers: object;
  readonly status: object;
  readonly pay: { readonly reportRating: number } | null;
}

async function ask(server: TestServer, answers: AnswersInput, buy = true): Promise<Asked> {
  const { data, errors } = await server.run<{ report: Asked }, object>(PAY, { answers, buy });
  if (!data || errors.length > 0) throw new Error(JSON.stringify(errors));
  return data.report;
}

function titlesOf(upstream: Upstream): unknown[] {
  return upstream.submits().map(({ answers }) => answers.JobTitle);
}

/** As if everything that was collected had expired. */
function expire(server: TestServer): void {
  withLedger(server, (db) =>
    db.exec("UPDATE entries SET expires_at = 1, data = json_set(data, '$.expiresAt', 1) WHERE state = 'COLLECTED'"),
  );
}

/** One of sixteen spellings of a text, by the bits of a number: the first is that of upstream. */
function spelled(text: string, number: number): string {
  const swapped = (letter: string): string =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
  return [...text].map((letter, index) => ((number >> (index % 4)) & 1 ? swapped(letter) : letter)).join('');
}
