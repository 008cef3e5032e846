import { cp } from 'node:fs/promises';
import { newDirectory, type Directory } from '../fixtures/directory.ts';
import type { Upstream } from '../fixtures/upstream/upstream.ts';
import { asUsual } from '../fixtures/upstream/upstream.ts';
import type { Case, Change } from './cases.ts';
import type { Clock } from './clock.ts';
import { difference, type Seen } from './compare.ts';
import { MOST_CASES, type Kind } from './kinds.ts';
import { POOL } from './pool.ts';
import type { Product } from './product.ts';
import { ask, LIFE_HOURS, neverReady } from './seeds.ts';
import { deliver } from './deliver.ts';
import { startSide, type Side } from './side.ts';

export interface WorldOptions {
  readonly product: Product;
  readonly kind: Kind;
  readonly clock: Clock;
  /** The ledger that both servers begin with a copy of. */
  readonly ledger: Directory;
  /** Whether it is for one case alone, of which everything is compared. */
  readonly alone: boolean;
  /** The time at which the ledger is as the pool says, epoch ms. */
  readonly now: number;
}

/**
 * Two servers that differ in one thing: one answers from memory what it can, the other executes everything. Each has its own
 * upstream and its own copy of the same ledger, and both are sent the same requests at the same time.
 */
export interface World {
  /** Whether it has time left for another case. */
  readonly lasts: boolean;
  /** Rejects with a `Different` at the first difference. */
  run(each: Case): Promise<void>;
  /** Rejects with a `Different` if what was measured differs. Resolves to how much was not executed. */
  end(): Promise<Hits>;
  close(): Promise<void>;
}

/** Requests that were answered without being executed. */
export interface Hits {
  /** As they were before. */
  readonly repeated: number;
  /** From reports in memory. */
  readonly made: number;
}

class Different extends Error {
  override readonly name = 'Different';
}

export const LONGEST_WAIT_MS = 10_000;
/** In a world of its own time: peers' clocks, which do not move with it, must stay within ten minutes. */
const LONGEST_SECONDS = 300;
/** The servers doubt a clock that has jumped by a minute, until a response of upstream confirms it. */
const UNCONFIRMED_SECONDS = 40;
/** In characters; a report has four to nine thousand. */
const MOST_REPORTS = 120_000;
const MOST_ANSWERS = 200_000;
/** What is left of a client's points is compared after every such case. */
const POINTS_EVERY = 3;
/** Shown of each log where something differs. */
const MOST_LINES = 20;
const SETTLED_WITHIN_MS = 30_000;
/** Reports that are never ready, by types. */
const PENDING = POOL.flatMap(({ pay, yoe }) => [pay, yoe]).filter((beginning) => beginning === 'pending').length;

export async function createWorld({ product, kind, clock, ledger, now, alone }: WorldOptions): Promise<World> {
  clock.set(now);
  let released = Promise.resolve();
  const sides = await Promise.all([start({ storedAnswers: true }), start({ storedAnswers: false })]);
  let cases = 0;
  let unconfirmed = 0;

  async function start(overrides: { readonly storedAnswers: boolean }): Promise<Side> {
    const directory = await newDirectory();
    await cp(ledger.path, directory.path, { recursive: true });
    return startSide({
      product,
      dataDir: directory.path,
      settings: { ...kind.settings, REPORT_TTL_HOURS: LIFE_HOURS, REPORT_WAIT_MS: String(LONGEST_WAIT_MS) },
      // Not all reports fit, so that now and then one has to be read again.
      overrides: { ...overrides, memory: { reports: MOST_REPORTS, answers: MOST_ANSWERS } },
      linkVersion: 'v2',
      prepare: (upstream) => script(upstream),
    });
  }

  function script({ script: { submit, poll } }: Upstream): void {
    for (const type of ['pay', 'yoe'] as const) {
      // Links of the first version are those of the ledger's beginning.
      poll(type).otherwise(({ path }) => (path.includes('/v1/') ? neverReady : asUsual()));
    }
    submit.otherwise(async () => {
      await released;
      return asUsual();
    });
  }

  /** The same for both, and the same results. */
  async function both<T>(what: string, act: (side: Side) => Promise<T>): Promise<T> {
    const [stored, executed] = (await Promise.all(sides.map((side) => act(side)))) as [T, T];
    const found = difference(stored, executed);
    if (found) throw new Different(`${what}: ${found}\n${sides.map((side) => recentOf(side)).join('\n')}`);
    return stored;
  }

  /** Waits until everything that was bought is collected. */
  async function settle(): Promise<void> {
    const deadline = performance.now() + SETTLED_WITHIN_MS;
    for (const side of sides) {
      while ((await pending(side, kind.operator(cases))) > PENDING) {
        if (performance.now() > deadline) throw new Error('What was bought is not collected.');
        await pause();
      }
    }
  }

  async function change(next: Change): Promise<void> {
    switch (next.kind) {
      case 'nothing':
        return;
      case 'time':
        unconfirmed += next.seconds;
        return clock.move(next.seconds);
      case 'purchase': {
        const query =
          'mutation ($answers: AnswersInput!, $types: [ReportType!]!) { requestReport(answers: $answers, types: $types) { id } }';
        const variables = { answers: POOL[next.report]?.answers, types: next.types };
        await both('a purchase', (side) => ask(side, query, variables, kind.buyer(cases)));
        return settle();
      }
      case 'buying': {
        const query = `mutation { setBuying(enabled: ${next.enabled}) }`;
        await both('the stop switch', (side) => ask(side, query, {}, kind.operator(cases)));
      }
    }
  }

  async function send(each: Case, as: number, requestId: string): Promise<Seen> {
    const before = sides.map((side) => side.submits());
    let release = (): void => undefined;
    // Whoever does not wait gets the same answer, however quick upstream is.
    if (!each.patient) released = new Promise((resolve) => (release = resolve));
    try {
      const transmission = each.transmissions[as] as Case['transmissions'][number];
      const headers = {
        ...transmission.headers,
        ...kind.headers(transmission.client, cases),
        'x-request-id': requestId,
      };
      const params = kind.params(transmission.client, cases);
      return await both(`request ${requestId}`, (side) =>
        deliver(side, each.sent, { ...transmission, headers }, params),
      );
    } finally {
      release();
      const bought = sides.some((side, index) => side.submits() !== before[index]);
      if (!each.patient || bought) await settle();
    }
  }

  return {
    get lasts() {
      return cases < MOST_CASES && clock.now() - now < LONGEST_SECONDS * 1_000;
    },

    async run(each) {
      cases += 1;
      if (Math.abs(unconfirmed) > UNCONFIRMED_SECONDS) await confirm();
      for (const [index, step] of each.steps.entries()) {
        await change(step.change);
        await send(each, step.as, `c${cases}-${index}`);
      }
      if (each.steps.some((step) => step.change.kind === 'buying')) await change({ kind: 'buying', enabled: true });
      await both('the usage after the case', (side) =>
        ask(side, '{ usage { submitted collected billable failed uncertain saved } }', {}, kind.operator(cases)),
      );
      await both('the purchases after the case', async ({ upstream }) =>
        upstream.purchases.map(({ type, answersKey }) => `${type} ${answersKey}`).sort(),
      );
      // They are many requests.
      if (kind.pointsLeft && (alone || cases % POINTS_EVERY === 0))
        await both('the points that are left', (side) => pointsLeft(side));
    },

    async end() {
      await both('what was measured', async (side) => measured(await metricsOf(side, kind.operator(cases))));
      const [stored, executed] = await Promise.all(
        sides.map(async (side) => hitsIn(await metricsOf(side, kind.operator(cases)))),
      );
      if (!stored || executed?.made !== 0 || executed.repeated !== 0)
        throw new Error('The wrong server has stored answers.');
      return stored;
    },

    async close() {
      await Promise.all(sides.map((side) => side.close()));
    },
  };

  /** Upstream is asked for something, and its response says that the clock is right. */
  async function confirm(): Promise<void> {
    const query = `{ suggestLocations(term: "confirm ${cases}") { text } }`;
    await Promise.all(sides.map((side) => ask(side, query, {}, kind.operator(cases))));
    unconfirmed = 0;
  }

  /** How many more requests the client of this case may send. */
  async function pointsLeft(side: Side): Promise<number> {
    for (let sent = 0; ; sent++) {
      const { errors } = await ask(side, '{ __typename }', {}, kind.headers('fresh', cases));
      if (errors.length > 0) return sent;
    }
  }
}

async function pending(side: Side, headers: object): Promise<number> {
  const samples = [...(await metricsOf(side, headers)).matchAll(/^reports_pending\{.*\} (\d+)$/gm)];
  return samples.reduce((sum, [, count]) => sum + Number(count), 0);
}

async function metricsOf({ http }: Side, headers: object): Promise<string> {
  const { body } = await http.request({ path: '/metrics', method: 'GET', headers: { ...headers } });
  return body.text();
}

/** The end of what a server logged. */
function recentOf({ lines }: Side): string {
  return lines
    .slice(-MOST_LINES)
    .map((line) => JSON.stringify(line))
    .join('\n');
}

/** Everything that is counted, but not how long it took, nor what the process itself uses, nor what makes the difference. */
function measured(text: string): string[] {
  const counted = text.split('\n').filter((line) => /^(graphql|report|purchase)/.test(line));
  return counted.filter((line) => !/_(sum|bucket)\b|seconds|stored_answers/.test(line));
}

function hitsIn(text: string): Hits {
  const of = (how: string): number =>
    Number(new RegExp(`^graphql_stored_answers_total\\{how="${how}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  return { repeated: of('repeated'), made: of('made') };
}

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 2));
}
