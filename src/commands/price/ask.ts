import type { Answers } from '../../model/answers.js';
import { jobKey } from '../../model/job-list/job.js';
import type { PricedExperience, PricedPay } from '../../model/job-list/figures.js';
import type { ReportType } from '../../model/report.js';
import { PriceReportsDocument, type PriceReportsQuery } from '../generated/operations.js';
import { retryAfterOf, wholeOf, type GraphQLEndpoint, type GraphQLFault } from '../graphql-endpoint.js';
import { FIELDS, type Outcome } from './rows.js';
import { inHalves, isTooLarge } from './too-large.js';

/** Reports of one job. */
export interface Ask {
  readonly answers: Answers;
  readonly types: readonly ReportType[];
}

/** What the server has said of one job. */
export interface Answered extends Outcome {
  /** The types that are neither stored nor under way, nor have failed. */
  readonly absent: readonly ReportType[];
  /** How long to wait before asking again for what is not ready, in milliseconds; 0: nothing of the kind was said. */
  readonly retryAfterMs: number;
}

/** Asks for reports. What is told of a job is found by its key. */
export interface Asking {
  /** What is stored, under way or has failed. Buys nothing. `wait`: for what is under way, as long as an answer may take. */
  read(asks: readonly Ask[], wait?: boolean): Promise<ReadonlyMap<string, Answered>>;
  /** Buys what is neither stored nor under way, and waits for it. */
  buy(asks: readonly Ask[]): Promise<ReadonlyMap<string, Answered>>;
}

/** Of a server that allows it. */
const WAIT_MS = 15_000;
/** Fewer reports than one operation may ask for, unless a server is set to less. */
const REPORTS_AT_ONCE = 24;

export function createAsking(endpoint: GraphQLEndpoint, signal: AbortSignal): Asking {
  let waitMs = WAIT_MS;
  let atOnce = REPORTS_AT_ONCE;

  async function askSame(
    types: readonly ReportType[],
    asks: readonly Ask[],
    how: { readonly buy: boolean; readonly wait: boolean },
  ): Promise<readonly (readonly [string, Answered])[]> {
    const variables = {
      answers: asks.map(({ answers }) => answers),
      pay: types.includes('PAY'),
      yoe: types.includes('YOE'),
      buy: how.buy,
      waitMs: how.wait ? waitMs : 0,
    };
    const result = await endpoint.request(PriceReportsDocument, variables, signal);
    if (how.wait && waitMs > 0 && result.errors.some(isTooLong)) {
      waitMs = 0;
      return askSame(types, asks, how);
    }
    if (isTooLarge(result.errors)) {
      const parts = asks.length > 1 ? asks : null;
      atOnce = Math.max(1, Math.min(atOnce, Math.ceil((asks.length * types.length) / 2)));
      if (parts) return inHalves(parts, (half) => askSame(types, half, how));
      // One type at a time, though both are one purchase elsewhere.
      if (types.length > 1) return oneByOne(types, asks, how);
    }
    const { reports } = result.data ?? wholeOf(result);
    return asks.map(({ answers }, at) => [jobKey(answers), answeredOf(types, reports[at] ?? null, at, result.errors)]);
  }

  async function oneByOne(
    types: readonly ReportType[],
    asks: readonly Ask[],
    how: { readonly buy: boolean; readonly wait: boolean },
  ): Promise<readonly (readonly [string, Answered])[]> {
    const parts: (readonly [string, Answered])[] = [];
    for (const type of types) parts.push(...(await askSame([type], asks, how)));
    const [first, ...others] = parts;
    return first ? [[first[0], others.reduce((whole, [, part]) => merged(whole, part), first[1])]] : [];
  }

  async function ask(
    asks: readonly Ask[],
    how: { readonly buy: boolean; readonly wait: boolean },
  ): Promise<ReadonlyMap<string, Answered>> {
    const answered = new Map<string, Answered>();
    for (const [, same] of Map.groupBy(asks, ({ types }) => types.join())) {
      const types = same[0]?.types ?? [];
      const size = how.buy ? Math.max(1, Math.floor(atOnce / types.length)) : same.length;
      const parts = [];
      for (let at = 0; at < same.length; at += size) parts.push(askSame(types, same.slice(at, at + size), how));
      for (const [key, one] of (await Promise.all(parts)).flat()) answered.set(key, one);
    }
    return answered;
  }

  return {
    read: (asks, wait = false) => ask(asks, { buy: false, wait }),
    buy: (asks) => ask(asks, { buy: true, wait: true }),
  };
}

/** What is known of a job once more is told of it. */
export function merged<T extends Outcome>(before: T, told: Answered): T & Answered {
  return {
    ...before,
    ...told,
    pay: told.pay ?? before.pay,
    yoe: told.yoe ?? before.yoe,
    faults: { ...before.faults, ...told.faults },
  };
}

function answeredOf(
  types: readonly ReportType[],
  report: PriceReportsQuery['reports'][number],
  at: number,
  errors: readonly GraphQLFault[],
): Answered {
  const figures: { pay: PricedPay | null; yoe: PricedExperience | null } = { pay: null, yoe: null };
  const faults: Partial<Record<ReportType, { code: string; message: string }>> = {};
  const absent: ReportType[] = [];
  let retryAfterMs = 0;
  for (const type of types) {
    const field = FIELDS[type];
    const fault = errors.find(({ path }) => path[1] === at && (path.length === 2 || path[2] === field));
    if (report?.[field]) Object.assign(figures, { [field]: report[field] });
    else if (fault) {
      faults[type] = { code: fault.code, message: fault.message };
      retryAfterMs = Math.max(retryAfterMs, retryAfterOf(fault) ?? 0);
    } else absent.push(type);
  }
  return { id: report?.id ?? null, ...figures, faults, absent, retryAfterMs };
}

/** Whether the server does not let anybody wait so long. */
function isTooLong({ code, extensions }: GraphQLFault): boolean {
  return code === 'BAD_USER_INPUT' && String(extensions['argument']).endsWith('waitMs');
}
