import { describe, expect, it } from 'vitest';
import type { GraphQLEndpoint, GraphQLFault } from '../../../src/commands/graphql-endpoint.js';
import { createAsking, merged, type Answered, type Ask } from '../../../src/commands/price/ask.js';
import { canonicalAnswers, type Answers } from '../../../src/model/answers.js';
import { jobKey } from '../../../src/model/job-list/job.js';
import type { ReportType } from '../../../src/model/report.js';

const SIGNAL = new AbortController().signal;
const PAY = { basePay: null, hourlyPay: null, reportRating: 1, context: null };
const YOE = { currency: null, ranges: [], reportRating: 1, context: null };

interface Variables {
  readonly answers: readonly Answers[];
  readonly pay: boolean;
  readonly yoe: boolean;
  readonly buy: boolean;
  readonly waitMs: number;
}

function asksOf(count: number, ...types: ReportType[]): Ask[] {
  return Array.from({ length: count }, (_, number) => ({
    answers: canonicalAnswers({ jobTitle: `Job ${number}`, country: 'Canada' }, 'answers'),
    types,
  }));
}

function fault(code: string, path: readonly (string | number)[] = [], extensions: object = {}): GraphQLFault {
  return { message: `${code}!`, code, path, extensions: extensions as GraphQLFault['extensions'] };
}

/** A server that has every figure, unless it refuses an operation as a whole, or has these errors. */
function asking({
  refuse = () => null,
  errors = [],
  has = true,
}: {
  readonly refuse?: (variables: Variables) => GraphQLFault | null;
  readonly errors?: readonly GraphQLFault[];
  readonly has?: boolean;
} = {}) {
  const asked: Variables[] = [];
  const isWrong = (at: number, field: string): boolean =>
    errors.some(({ path }) => path[1] === at && path[2] === field);
  const endpoint = {
    async request(_document: unknown, variables: Variables) {
      asked.push(variables);
      const refusal = refuse(variables);
      if (refusal) return { data: null, errors: [refusal], simulated: false };
      const reports = variables.answers.map(({ jobTitle }, at) =>
        errors.some(({ path }) => path.length === 2 && path[1] === at)
          ? null
          : {
              id: `id of ${jobTitle}`,
              ...(variables.pay && { pay: has && !isWrong(at, 'pay') ? PAY : null }),
              ...(variables.yoe && { yoe: has && !isWrong(at, 'yoe') ? YOE : null }),
            },
      );
      return { data: { reports }, errors, simulated: false };
    },
  };
  return { asked, ...createAsking(endpoint as unknown as GraphQLEndpoint, SIGNAL) };
}

const jobsIn = (asked: readonly Variables[]): number[] => asked.map(({ answers }) => answers.length);

describe('asking for reports', () => {
  it('buys only where that is wanted, and waits only then, or if it is said', async () => {
    const { asked, read, buy } = asking();
    const asks = asksOf(1, 'PAY');
    await read(asks);
    await read(asks, true);
    await buy(asks);
    expect(asked.map(({ buy: isBought, waitMs }) => [isBought, waitMs > 0])).toEqual([
      [false, false],
      [false, true],
      [true, true],
    ]);
  });

  it('tells what is there of each job, by types that are asked for together', async () => {
    const { asked, read } = asking();
    const [first, second] = asksOf(2, 'PAY') as [Ask, Ask];
    const both: Ask = { ...second, types: ['PAY', 'YOE'] };
    const told = await read([first, both]);
    expect(asked.map(({ pay, yoe }) => [pay, yoe])).toEqual([
      [true, false],
      [true, true],
    ]);
    const nothing = { faults: {}, absent: [], retryAfterMs: 0 };
    expect(told.get(jobKey(first.answers))).toEqual({ id: 'id of Job 0', pay: PAY, yoe: null, ...nothing });
    expect(told.get(jobKey(both.answers))).toEqual({ id: 'id of Job 1', pay: PAY, yoe: YOE, ...nothing });
  });

  it('tells what is wrong with a job or with one of its reports, when to ask again, and what is not there', async () => {
    const { read } = asking({
      errors: [
        fault('BAD_USER_INPUT', ['reports', 0]),
        fault('REPORT_NOT_READY', ['reports', 1, 'pay'], { retryAfterMs: 700 }),
        fault('REPORT_NOT_READY', ['reports', 1, 'yoe'], { retryAfterMs: 300 }),
        fault('REPORT_FAILED', ['reports', 2, 'yoe']),
      ],
    });
    const told = [...(await read(asksOf(3, 'PAY', 'YOE'))).values()];
    expect(told).toMatchObject([
      { id: null, faults: { PAY: { code: 'BAD_USER_INPUT' }, YOE: { code: 'BAD_USER_INPUT' } }, retryAfterMs: 0 },
      { faults: { PAY: { code: 'REPORT_NOT_READY' }, YOE: { code: 'REPORT_NOT_READY' } }, retryAfterMs: 700 },
      { pay: PAY, yoe: null, faults: { YOE: { code: 'REPORT_FAILED', message: 'REPORT_FAILED!' } }, absent: [] },
    ]);
    const none = [...(await asking({ has: false }).read(asksOf(1, 'PAY', 'YOE'))).values()];
    expect(none).toMatchObject([{ pay: null, yoe: null, faults: {}, absent: ['PAY', 'YOE'] }]);
  });

  it('buys no more at once than one operation may ask for, and reads all of it', async () => {
    const { asked, read, buy } = asking();
    expect((await buy(asksOf(30, 'PAY', 'YOE'))).size).toBe(30);
    await buy(asksOf(30, 'PAY'));
    await read(asksOf(30, 'PAY', 'YOE'));
    expect(jobsIn(asked)).toEqual([12, 12, 6, 24, 6, 30]);
  });

  it('does not wait where that is refused, from then on', async () => {
    const refuse = ({ waitMs }: Variables) =>
      waitMs > 0 ? fault('BAD_USER_INPUT', [], { argument: 'reports.pay.waitMs' }) : null;
    const { asked, buy } = asking({ refuse });
    expect((await buy(asksOf(1, 'PAY'))).size).toBe(1);
    await buy(asksOf(1, 'PAY'));
    expect(asked.map(({ waitMs }) => waitMs > 0)).toEqual([true, false, false]);
  });

  it('asks in parts for what is too much, down to one report, and for no more than that later', async () => {
    const most = (count: number) => (variables: Variables) => {
      const types = Number(variables.pay) + Number(variables.yoe);
      return variables.answers.length * types > count ? fault('OPERATION_TOO_LARGE') : null;
    };
    const { asked, buy } = asking({ refuse: most(3) });
    expect((await buy(asksOf(12, 'PAY'))).size).toBe(12);
    expect(jobsIn(asked)).toEqual([12, 6, 3, 3, 6, 3, 3]);
    asked.length = 0;
    await buy(asksOf(6, 'PAY'));
    expect(jobsIn(asked)).toEqual([3, 3]);

    const one = asking({ refuse: most(1) });
    const [told] = [...(await one.buy(asksOf(1, 'PAY', 'YOE'))).values()];
    expect(told).toMatchObject({ id: 'id of Job 0', pay: PAY, yoe: YOE, faults: {} });
    expect(one.asked.map(({ pay, yoe }) => [pay, yoe])).toEqual([
      [true, true],
      [true, false],
      [false, true],
    ]);
    await expect(asking({ refuse: most(0) }).buy(asksOf(1, 'PAY'))).rejects.toThrow('OPERATION_TOO_LARGE!');
  });

  it('keeps what was known of a job when more is told of it', () => {
    const before: Answered = {
      ...{ id: 'id', pay: PAY, yoe: null, absent: ['YOE'], retryAfterMs: 5 },
      faults: { PAY: fault('A') },
    };
    const told: Answered = { id: 'id', pay: null, yoe: YOE, faults: { YOE: fault('B') }, absent: [], retryAfterMs: 0 };
    expect(merged(before, told)).toEqual({ ...told, pay: PAY, faults: { PAY: fault('A'), YOE: fault('B') } });
  });
});
