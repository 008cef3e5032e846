import { describe, expect, it } from 'vitest';
import {
  CompareReportsDocument,
  PayAndYoeDocument,
  PayOnlyDocument,
  ReportStandingDocument,
  RequestReportDocument,
  StandingByIdDocument,
  YoeOnlyDocument,
  type ReportType,
} from '../generated/operations.js';
import { eventually } from '../fixtures/eventually.js';
import { asUsual, status } from '../fixtures/upstream/upstream.js';
import { numbered, SEATTLE } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';

/** What is asked of upstream besides tokens, of which each start requests one. */
const KINDS = ['submit', 'poll', 'lookup'] as const;

useServers({ pendingPolls: 0 });

type Reports = Record<string, { id: string; pay: { reportRating: number } | null }>;

const SPELLINGS = [
  { skills: ['Python', 'C#'], certifications: ['CSM'], city: 'Seattle' },
  { skills: ['C#', 'Python'], certifications: ['CSM', 'CSM'], city: ' Seattle' },
  { skills: [' C#', 'Python ', 'C#', ''], certifications: ['  CSM'], city: 'Seattle  ' },
  { skills: ['Python', 'C#', '  '], certifications: ['CSM'], city: 'Seattle', employerProductActivity: '' },
  { skills: ['Python', 'C#'], certifications: ['CSM'], city: 'Seattle', companySales: null, yearsExperience: null },
];

describe.concurrent('a report that is not selected', () => {
  it('is not bought, and no token is fetched', async ({ upstream, start }) => {
    const server = await start();
    const standing = await server.run(ReportStandingDocument, { answers: SEATTLE });
    expect(standing.errors).toEqual([]);
    expect(standing.data?.report?.status).toEqual({ pay: 'NOT_REQUESTED', yoe: 'NOT_REQUESTED' });
    await server.run('{ reports(answers: [{ jobTitle: "A", country: "B" }]) { id answers { jobTitle } } }');
    await server.run(StandingByIdDocument, { id: standing.data?.report?.id ?? '' });
    await server.run('{ __typename usage { saved } }');
    expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
  });

  it.for<[string, string]>([
    ['skipped by a directive', 'pay @skip(if: true) { reportRating }'],
    ['not included by a directive', 'pay @include(if: false) { reportRating }'],
    ['in a fragment that is not included', '... @include(if: false) { pay { reportRating } yoe { reportRating } }'],
  ])('is not bought if it is %s', async ([, selection], { upstream, start }) => {
    const server = await start();
    const { errors } = await server.run(
      `query ($answers: AnswersInput!) { report(answers: $answers) { id ${selection} } }`,
      {
        answers: SEATTLE,
      },
    );
    expect(errors).toEqual([]);
    expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
  });

  it.for([
    [PayOnlyDocument, ['pay']],
    [YoeOnlyDocument, ['yoe']],
    [PayAndYoeDocument, ['pay', 'yoe']],
  ] as const)('is not part of the purchase (case %#)', async ([document, wanted], { upstream, start }) => {
    const server = await start();
    expect((await server.run(String(document), { answers: SEATTLE })).errors).toEqual([]);
    expect(upstream.submits().map(({ requestedReports }) => requestedReports.toSorted())).toEqual([wanted]);
  });

  it.for<[ReportType[], string[][]]>([
    [[], []],
    [['PAY'], [['pay']]],
    [['YOE'], [['yoe']]],
    [['YOE', 'PAY', 'YOE'], [['pay', 'yoe']]],
  ])('is not bought by requestReport with types %j', async ([types, wanted], { upstream, start }) => {
    const server = await start();
    const { data } = await server.run(RequestReportDocument, { answers: SEATTLE, types });
    const { pay, yoe } = data?.requestReport?.status ?? {};
    expect([pay !== 'NOT_REQUESTED', yoe !== 'NOT_REQUESTED']).toEqual([types.includes('PAY'), types.includes('YOE')]);
    const document = String(types.includes('YOE') ? YoeOnlyDocument : PayOnlyDocument);
    if (types.length > 0) await server.run(document, { answers: SEATTLE });
    expect(upstream.submits().map(({ requestedReports }) => requestedReports.toSorted())).toEqual(wanted);
  });

  it('does not matter to requestReport, which buys both types by default', async ({ upstream, start }) => {
    const server = await start();
    await server.run(RequestReportDocument, { answers: SEATTLE });
    await server.run(PayAndYoeDocument, { answers: SEATTLE });
    expect(upstream.submits().map(({ requestedReports }) => requestedReports.toSorted())).toEqual([['pay', 'yoe']]);
  });
});

describe.concurrent('equal answers', () => {
  it('under 20 aliases and in five variants are one purchase', async ({ upstream, start }) => {
    const server = await start();
    const numbers = Array.from({ length: 20 }, (_, index) => index);
    const fields = numbers.map((n) => `r${n}: report(answers: $a${n % 5}) { id pay { reportRating } }`);
    const given = SPELLINGS.map((_, index) => `$a${index}: AnswersInput!`);
    const variables = Object.fromEntries(SPELLINGS.map((each, index) => [`a${index}`, { ...SEATTLE, ...each }]));
    const { data, errors } = await server.run<Reports, typeof variables>(
      `query (${given.join(' ')}) { ${fields.join(' ')} }`,
      variables,
    );
    expect(errors).toEqual([]);
    const reports = Object.values(data ?? {});
    expect(reports).toHaveLength(20);
    expect(new Set(reports.map(({ id }) => id)).size).toBe(1);
    for (const { pay } of reports) expect(pay?.reportRating).toBe(0.86);
    expect(upstream.submits()).toEqual([
      {
        requestedReports: ['pay'],
        answers: {
          JobTitle: 'Software Developer',
          Country: 'United States',
          State: 'Washington',
          City: 'Seattle',
          Skills: ['C#', 'Python'],
          Certifications: ['CSM'],
        },
      },
    ]);
  });

  it('with pay under one alias and yoe in a fragment of another are one purchase of both types', async ({
    upstream,
    start,
  }) => {
    const server = await start();
    const document = `
      query ($answers: AnswersInput!) {
        one: report(answers: $answers) { ...Pay }
        other: report(answers: $answers) { ... on Report { ...Yoe } ...Pay }
      }
      fragment Pay on Report { pay { reportRating } again: pay { totalCompanies } }
      fragment Yoe on Report { yoe { reportRating } }`;
    const { data, errors } = await server.run(document, { answers: SEATTLE });
    expect(errors).toEqual([]);
    const pay = { reportRating: 0.86 };
    expect(data).toEqual({
      one: { pay, again: { totalCompanies: 1127 } },
      other: { pay, again: { totalCompanies: 1127 }, yoe: { reportRating: 0.74 } },
    });
    expect(upstream.submits().map(({ requestedReports }) => requestedReports.toSorted())).toEqual([['pay', 'yoe']]);
  });

  it('with and without autoResolveJobTitle are two reports', async ({ upstream, start }) => {
    const server = await start();
    const document = `query ($answers: AnswersInput!) {
      yes: report(answers: $answers) { id pay { reportRating } }
      no: report(answers: $answers, autoResolveJobTitle: false) { id pay { reportRating } }
    }`;
    const { data } = await server.run<Reports, object>(document, { answers: SEATTLE });
    expect(data?.['yes']?.id).not.toBe(data?.['no']?.id);
    const flags = upstream.requests.filter(({ kind }) => kind === 'submit').map(({ body }) => body);
    expect(flags).toContainEqual(expect.objectContaining({ AutoResolveJobTitle: true }));
    expect(flags).toContainEqual(expect.objectContaining({ AutoResolveJobTitle: false }));
    expect(flags).toHaveLength(2);
  });
});

describe.concurrent('reports', () => {
  it('are in the requested order, and repeated answers are one purchase', async ({ upstream, start }) => {
    const server = await start();
    const titles = ['Cashier', 'Software Developer', ' Cashier ', 'Registered Nurse (RN)', 'Software Developer'];
    const answers = titles.map((jobTitle) => ({ jobTitle, country: 'United States' }));
    const { data, errors } = await server.run(CompareReportsDocument, { answers });
    expect(errors).toEqual([]);
    expect(data?.reports.map((report) => report?.answers.jobTitle)).toEqual(titles.map((title) => title.trim()));
    expect(data?.reports.map((report) => report?.pay?.reportRating)).toEqual(titles.map(() => 0.86));
    const bought = upstream.submits().map(({ answers }) => answers.JobTitle);
    expect(bought.toSorted()).toEqual(['Cashier', 'Registered Nurse (RN)', 'Software Developer']);
    expect(upstream.count('token')).toBe(1);
  });

  it('are empty for an empty list', async ({ upstream, start }) => {
    const server = await start();
    expect((await server.run(CompareReportsDocument, { answers: [] })).data).toEqual({ reports: [] });
    expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
  });

  it('contain the others if one is rejected', async ({ upstream, start }) => {
    upstream.script.submit.otherwise(({ body }) =>
      JSON.stringify(body).includes('"AverageSizeCompetitor":2') ? status(400) : asUsual(),
    );
    const server = await start();
    const answers = [1, 2, 3].map(numbered);
    const { data, errors } = await server.run(CompareReportsDocument, { answers });
    expect(data?.reports.map((report) => report?.pay?.reportRating ?? null)).toEqual([0.86, null, 0.86]);
    expect(errors.map(({ path }) => path)).toEqual([['reports', 1, 'pay']]);
  });
});

describe.concurrent('a stored report', () => {
  it('is not bought again, while a missing type is', async ({ upstream, start }) => {
    const server = await start();
    const first = await server.run(PayOnlyDocument, { answers: SEATTLE });
    const second = await server.run(PayOnlyDocument, { answers: { ...SEATTLE, skills: [] } });
    expect(second.data).toEqual(first.data);
    expect([upstream.count('submit'), upstream.count('poll')]).toEqual([1, 1]);
    await server.run(PayAndYoeDocument, { answers: SEATTLE });
    await server.run(RequestReportDocument, { answers: SEATTLE });
    expect(upstream.submits().map(({ requestedReports }) => requestedReports)).toEqual([['pay'], ['yoe']]);
    expect(upstream.polls('pay')).toHaveLength(1);
  });

  it('is neither bought nor polled again after a restart', async ({ upstream, start, restart }) => {
    const server = await start();
    const before = await server.run(PayAndYoeDocument, { answers: SEATTLE });
    const asked = KINDS.map((kind) => upstream.count(kind));
    const second = await restart(server);
    const after = await second.run(PayAndYoeDocument, { answers: SEATTLE, payWaitMs: 0, yoeWaitMs: 0 });
    expect(after.errors).toEqual([]);
    expect(after.data).toEqual(before.data);
    expect(KINDS.map((kind) => upstream.count(kind))).toEqual(asked);
  });

  it('is bought again after REPORT_TTL_HOURS', async ({ upstream, start, restart }) => {
    const aMoment = { env: { REPORT_TTL_HOURS: '0.002' } };
    const server = await start(aMoment);
    const statusOf = async (one = server) =>
      (await one.run(ReportStandingDocument, { answers: SEATTLE })).data?.report?.status.pay;
    await server.run(PayOnlyDocument, { answers: SEATTLE });
    expect(await statusOf()).toBe('READY');
    await eventually(async () => expect(await statusOf()).toBe('NOT_REQUESTED'));
    expect((await server.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect(upstream.count('submit')).toBe(2);
    const second = await restart(server, aMoment);
    await eventually(async () => expect(await statusOf(second)).toBe('NOT_REQUESTED'));
    expect((await second.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect(upstream.count('submit')).toBe(3);
  });

  it('can be stored with any fraction in REPORT_TTL_HOURS', async ({ start }) => {
    const server = await start({ env: { REPORT_TTL_HOURS: '0.33333333' } });
    expect((await server.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 10_000 })).errors).toEqual([]);
  });
});
