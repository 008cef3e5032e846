import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Answered, Ask, Asking } from '../../../src/commands/price/ask.js';
import { finishRows } from '../../../src/commands/price/finish.js';
import { buyRows } from '../../../src/commands/price/purchase.js';
import type { PlannedRow, PricedRow } from '../../../src/commands/price/rows.js';
import { canonicalAnswers } from '../../../src/model/answers.js';
import { jobKey } from '../../../src/model/job-list/job.js';
import { allOf } from '../../fixtures/all-of.js';

const SIGNAL = new AbortController().signal;
const FIGURES = { basePay: null, hourlyPay: null, reportRating: 1, context: null };

function rowsOf(count: number): PlannedRow[] {
  return Array.from({ length: count }, (_, at) => ({
    cells: [],
    answers: canonicalAnswers({ jobTitle: `Job ${at}`, country: 'Canada' }, 'answers'),
    remarks: { text: '', unknown: false, matched: false },
    fault: null,
  }));
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** A server of which each purchase, and each look at what was bought, has the next of these results; the last one goes on. */
function scripted(results: readonly (string | null)[]) {
  const calls: number[] = [];
  const reads: number[] = [];
  let looks = 100;
  const stored = new Set<string>();
  const answer = (asks: readonly Ask[], code: string | null): Map<string, Answered> =>
    new Map(
      asks.map(({ answers }) => {
        const key = jobKey(answers);
        if (code === null) stored.add(key);
        const isStored = stored.has(key);
        const faults = isStored || code === 'absent' || code === null ? {} : { PAY: { code, message: code } };
        return [
          key,
          {
            id: 'id',
            pay: isStored ? FIGURES : null,
            yoe: null,
            faults,
            absent: !isStored && code === 'absent' ? ['PAY'] : [],
            retryAfterMs: 1,
          },
        ];
      }),
    );
  const next = (): string | null => results[Math.min(calls.length - 1, results.length - 1)] ?? null;
  const asking: Asking = {
    async read(asks, wait = false) {
      if (!wait) reads.push(asks.length);
      // The first rows are looked at last.
      if (!wait) await new Promise((resolve) => setTimeout(resolve, Math.max(0, (looks -= 10))));
      if (!wait) return answer(asks, 'absent');
      calls.push(asks.length);
      return answer(asks, next());
    },
    async buy(asks) {
      calls.push(asks.length);
      return answer(asks, next());
    },
  };
  return { asking, calls, reads };
}

async function buy(
  rows: readonly PlannedRow[],
  results: readonly (string | null)[],
  most = Infinity,
  buyUnknown = false,
) {
  const { asking, calls, reads } = scripted(results);
  const tally = { bought: 0 };
  let done = 0;
  const options = {
    asking,
    types: ['PAY' as const],
    allowance: { most, beyond: { code: 'NOT_BOUGHT', message: 'Enough.' } },
    buyUnknown,
    tally,
    signal: SIGNAL,
    onRows: (more: number) => void (done += more),
    pausesMs: [1, 1],
  };
  const priced = await allOf(buyRows(each(rows), options));
  return {
    priced,
    codes: priced.map(({ outcome }) => outcome?.faults.PAY?.code ?? ''),
    calls,
    reads,
    bought: tally.bought,
    done,
  };
}

/** Buys with a server that is asked so. */
function buyWith(
  rows: readonly PlannedRow[],
  asking: Partial<Asking>,
  tally = { bought: 0 },
): Promise<readonly PricedRow[]> {
  const none: Asking = { read: async () => new Map(), buy: async () => new Map() };
  return allOf(
    buyRows(each(rows), {
      ...{ asking: { ...none, ...asking }, types: ['PAY'], buyUnknown: false, signal: SIGNAL, tally },
      ...{ allowance: { most: Infinity, beyond: { code: 'NOT_BOUGHT', message: '' } }, onRows: () => undefined },
    }),
  );
}

/** What a server tells of each. */
function toldOf(asks: readonly Ask[], told: Partial<Answered>): Map<string, Answered> {
  const nothing: Answered = { id: 'id', pay: null, yoe: null, faults: {}, absent: [], retryAfterMs: 0 };
  return new Map(asks.map(({ answers }) => [jobKey(answers), { ...nothing, ...told }]));
}

describe('buying', () => {
  it('is tried again after trouble that may be over soon', async () => {
    const { codes, calls, bought } = await buy(rowsOf(2), ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT', null]);
    expect({ codes, calls, bought }).toEqual({ codes: ['', ''], calls: [2, 2, 2], bought: 2 });
  });

  it('stops when the trouble is not over', async () => {
    const { codes, calls, bought } = await buy(rowsOf(300), ['UPSTREAM_UNAVAILABLE']);
    expect(new Set(codes)).toEqual(new Set(['UPSTREAM_UNAVAILABLE']));
    // The batches that were open meanwhile, three times each.
    expect(calls.length).toBeLessThanOrEqual(30);
    expect(bought).toBe(0);
  });

  it.each(['BUDGET_EXCEEDED', 'BUYING_STOPPED', 'FORBIDDEN', 'UPSTREAM_UNAUTHORIZED'])(
    'stops at once after %s',
    async (code) => {
      const { codes, calls, bought } = await buy(rowsOf(300), [code]);
      expect(new Set(codes)).toEqual(new Set([code]));
      expect(calls.length).toBeLessThanOrEqual(10);
      expect(bought).toBe(0);
    },
  );

  it('goes to the first rows where there is a limit, and counts what may have been bought', async () => {
    const { codes, bought } = await buy(rowsOf(90), ['REPORT_NOT_READY'], 45);
    expect(codes).toEqual([...Array(45).fill('REPORT_NOT_READY'), ...Array(45).fill('NOT_BOUGHT')]);
    expect(bought).toBe(45);
  });

  it('of the same job in many rows is one', async () => {
    const rows = rowsOf(3);
    const { codes, bought } = await buy(
      [...rows, ...rows, ...rows].flatMap((row) => Array(10).fill(row)),
      [null],
      3,
    );
    expect(codes).toEqual(Array(90).fill(''));
    expect(bought).toBe(3);
  });

  it('is followed by no more questions about a job whose figures are there', async () => {
    const { codes, reads } = await buy(
      rowsOf(1).flatMap((row) => Array(2_000).fill(row)),
      [null],
    );
    expect(new Set(codes)).toEqual(new Set(['']));
    // One for each of the batches that were open meanwhile.
    expect(reads.length).toBeLessThanOrEqual(10);
  });

  it('of what has an unknown answer is not done', async () => {
    const rows = rowsOf(1).map((row) => ({ ...row, remarks: { text: 'x', unknown: true, matched: false } }));
    expect(await buy(rows, [null])).toMatchObject({ codes: ['UNKNOWN_ANSWER'], calls: [], bought: 0 });
    expect(await buy(rows, [null], Infinity, true)).toMatchObject({ codes: [''], calls: [1], bought: 1 });
  });

  it('is told of by every row that is done', async () => {
    expect(await buy(rowsOf(45), [null])).toMatchObject({ done: 45 });
  });

  it('of what has failed is asked for again, which costs nothing', async () => {
    const REPORT_FAILED = { code: 'REPORT_FAILED', message: '' };
    const priced = await buyWith(rowsOf(1), {
      read: async (asks) => toldOf(asks, { faults: { PAY: REPORT_FAILED } }),
      buy: async (asks) => toldOf(asks, { pay: FIGURES }),
    });
    expect(priced[0]?.outcome).toMatchObject({ pay: FIGURES, faults: {} });
  });

  it('that is refused is none, unlike one that has failed since', async () => {
    const priceOf = async (before: Partial<Answered>, after: Partial<Answered>): Promise<number> => {
      const tally = { bought: 0 };
      let looks = 0;
      await buyWith(
        rowsOf(2),
        {
          read: async (asks) => toldOf(asks, (looks += 1) === 1 ? before : after),
          buy: async (asks) => toldOf(asks, { faults: { PAY: { code: 'REPORT_FAILED', message: '' } } }),
        },
        tally,
      );
      return tally.bought;
    };
    const absent: Partial<Answered> = { absent: ['PAY'] };
    expect(await priceOf(absent, absent)).toBe(0);
    expect(await priceOf(absent, {})).toBe(2);
  });

  it('of one batch does not wait for that of another', async () => {
    const both = Promise.withResolvers<void>();
    let buying = 0;
    const priced = await buyWith(rowsOf(40), {
      read: async (asks) => toldOf(asks, { absent: ['PAY'] }),
      async buy(asks) {
        buying += 1;
        if (buying === 2) both.resolve();
        await both.promise;
        return toldOf(asks, { pay: FIGURES });
      },
    });
    expect(priced).toHaveLength(40);
  });

  it('ends with the error of a batch, after which no other one buys', async () => {
    let reads = 0;
    const bought: number[] = [];
    const read: Asking['read'] = async (asks) => {
      reads += 1;
      if (reads === 1) throw new Error('It is gone.');
      return toldOf(asks, { absent: ['PAY'] });
    };
    const buy: Asking['buy'] = async (asks) => {
      bought.push(asks.length);
      return toldOf(asks, { pay: FIGURES });
    };
    await expect(buyWith(rowsOf(60), { read, buy })).rejects.toThrow('It is gone.');
    await turn();
    expect(bought).toEqual([]);
  });
});

describe('what is not ready', () => {
  async function finish(results: readonly (string | null)[], patienceMs: number) {
    const { priced } = await buy(rowsOf(2), ['REPORT_NOT_READY']);
    const { asking, calls } = scripted(results);
    const options = { asking, types: ['PAY' as const], signal: SIGNAL, onRows: () => undefined, patienceMs };
    const rows = await allOf(finishRows(each(priced), options));
    return { codes: rows.map(({ outcome }) => outcome?.faults.PAY?.code ?? ''), calls };
  }

  it('is waited for', async () => {
    expect(await finish(['REPORT_NOT_READY', null], 60_000)).toEqual({ codes: ['', ''], calls: [2, 2] });
  });

  it('is left when it has been waited for long enough', async () => {
    expect(await finish(['REPORT_NOT_READY'], -1)).toEqual({ codes: Array(2).fill('REPORT_NOT_READY'), calls: [2] });
  });

  it('and was given up before it was bought says so', async () => {
    expect(await finish(['absent'], 60_000)).toMatchObject({ codes: ['NOT_BOUGHT', 'NOT_BOUGHT'] });
  });

  it('and fails has its code', async () => {
    expect(await finish(['REPORT_FAILED'], 60_000)).toMatchObject({ codes: ['REPORT_FAILED', 'REPORT_FAILED'] });
  });
});
