import { setTimeout as sleep } from 'node:timers/promises';
import { post } from '../fixtures/server/post.ts';
import type { LeftEntry, LeftState } from './ledger-file.ts';
import { resubmit } from './load.ts';
import { nameOf, REPORT_TYPES, type Question, type ReportType } from './questions.ts';
import { checkUsage } from './usage.ts';
import {
  acceptedReports,
  complain,
  noteResubmit,
  resubmitsOf,
  type Doubt,
  type Purchase,
  type World,
} from './world.ts';

type Status = 'NOT_REQUESTED' | 'SUBMITTING' | 'PENDING' | 'READY' | 'FAILED';

export interface Sight extends Purchase {
  readonly status: Status;
}

const LISTED_AT_ONCE = 20;
const LONGEST_DRAIN_MS = 60_000;

/** The status of every report requested so far. Buys nothing. */
export async function look(world: World, url: string): Promise<readonly Sight[]> {
  const query =
    'query ($answers: [AnswersInput!]!, $auto: Boolean!) { reports(answers: $answers, autoResolveJobTitle: $auto) { id status { pay yoe } } }';
  const sights: Sight[] = [];
  for (const auto of [true, false]) {
    const asked = world.questions.filter(({ autoResolveJobTitle }) => autoResolveJobTitle === auto);
    for (let from = 0; from < asked.length; from += LISTED_AT_ONCE) {
      const questions = asked.slice(from, from + LISTED_AT_ONCE);
      const { data, errors } = await post<{ reports: { id: string; status: { pay: Status; yoe: Status } }[] }, object>(
        url,
        query,
        { answers: questions.map(({ answers }) => answers), auto },
      );
      if (!data) throw new Error(`The reports could not be looked at: ${errors[0]?.message}`);
      questions.forEach((question, index) => {
        const seen = data.reports[index];
        if (seen?.id !== question.id) complain(world, 'a report has another id than before', [question.id]);
        if (!seen) return;
        sights.push({ question, type: 'PAY', status: seen.status.pay });
        sights.push({ question, type: 'YOE', status: seen.status.yoe });
      });
    }
  }
  return sights;
}

/** Checks the ledger of a killed server: nothing may have been sent before the intent to send it was stored. */
export function checkLeftLedger(world: World, left: readonly LeftEntry[]): void {
  const states = new Map(left.map(({ id, type, state }) => [`${id}:${type}`, state]));
  for (const [name, state] of states) if (state === 'SENDING') world.cutOff.add(name);
  const accepted = acceptedReports(world);
  const unrecorded = purchasesOf(world.questions).filter(({ question, type }) => {
    if (!accepted.has(nameOf(question, type))) return false;
    const state = states.get(`${question.id}:${type}`);
    const boughtAgain = resubmitsOf(world, { question, type }) > 0;
    return state === undefined || ((state === 'INTENT' || state === 'ABSENT') && !boughtAgain);
  });
  if (unrecorded.length > 0) complain(world, 'bought, and the ledger did not know of it', unrecorded.map(describe));
}

/** Checks after a restart, before any new request, that every entry left in the ledger has the required status. */
export async function checkRestart(
  world: World,
  url: string,
  left: readonly LeftEntry[],
  before: readonly Sight[],
): Promise<readonly Sight[]> {
  const sights = await look(world, url);
  const accepted = acceptedReports(world);
  const statusOf = new Map(sights.map((sight) => [`${sight.question.id}:${sight.type}`, sight.status]));

  const lost = sights.filter((sight) => {
    if (!accepted.has(nameOf(sight.question, sight.type)) || resubmitsOf(world, sight) > 0) return false;
    // An INTENT was not sent yet; it is sent after the restart, possibly during this check.
    if (stateLeft(left, sight) === 'INTENT') return false;
    return sight.status === 'NOT_REQUESTED' || sight.status === 'SUBMITTING';
  });
  if (lost.length > 0) complain(world, 'bought, and after the restart not known to be', lost.map(describe));

  const forgotten = before.filter(
    ({ status, question, type }) => status === 'READY' && statusOf.get(`${question.id}:${type}`) !== 'READY',
  );
  if (forgotten.length > 0) complain(world, 'no longer ready after the restart', forgotten.map(describe));

  const dropped = left.filter(
    ({ id, type, state }) =>
      (state === 'LINKED' || state === 'SENDING, answer stored') &&
      !['PENDING', 'READY'].includes(statusOf.get(`${id}:${type}`) ?? 'unknown'),
  );
  if (dropped.length > 0)
    complain(
      world,
      'a link that was stored is not followed',
      dropped.map(({ id, type }) => `${id} ${type}`),
    );

  const cutOff = sights.filter((sight) => stateLeft(left, sight) === 'SENDING');
  await checkUncertain(world, url, cutOff, accepted);
  world.uncertain = await uncertainOf(world, url, sights);
  checkDuplicates(world);
  return sights;
}

function stateLeft(left: readonly LeftEntry[], { question, type }: Purchase): LeftState | undefined {
  return left.find((entry) => entry.id === question.id && entry.type === type)?.state;
}

/** Checks that submissions cut off in flight are uncertain and not bought again by any query without the flag. */
export async function checkUncertain(
  world: World,
  url: string,
  purchases: readonly Purchase[],
  accepted: ReadonlyMap<string, number>,
): Promise<void> {
  await Promise.all(
    purchases.map(async (purchase) => {
      const codes = (await askWithoutFlag(url, purchase)).map(({ code }) => code);
      if (codes.some((code) => code !== 'SUBMISSION_UNCERTAIN')) {
        complain(world, `cut off while it was sent, and now ${codes.join(', ')}`, [describe(purchase)]);
      }
    }),
  );
  const now = acceptedReports(world);
  const sentAgain = purchases.filter(({ question, type }) => {
    const name = nameOf(question, type);
    return now.get(name) !== accepted.get(name);
  });
  if (sentAgain.length > 0) complain(world, 'uncertain, and bought again unasked', sentAgain.map(describe));
}

interface Refusal {
  readonly code: string;
  readonly since: string | undefined;
}

/** Sends each operation that must not buy an uncertain report, and returns how it is refused. */
async function askWithoutFlag(url: string, { question, type }: Purchase): Promise<readonly Refusal[]> {
  const field = `${type === 'PAY' ? 'pay' : 'yoe'}(waitMs: 300) { reportRating }`;
  const variables = {
    answers: question.answers,
    auto: question.autoResolveJobTitle,
    id: question.id,
    types: [type],
  };
  const queries = [
    `mutation ($answers: AnswersInput!, $auto: Boolean!, $types: [ReportType!]!) { requestReport(answers: $answers, autoResolveJobTitle: $auto, types: $types) { ${field} } }`,
    `query ($answers: AnswersInput!, $auto: Boolean!) { report(answers: $answers, autoResolveJobTitle: $auto) { ${field} } }`,
    `query ($id: ID!) { reportById(id: $id) { ${field} } }`,
  ];
  const answers = await Promise.all(queries.map((query) => post(url, query, variables)));
  return answers.map(({ errors: [error] }) => ({
    code: error?.extensions.code ?? 'no error',
    since: error?.extensions.since,
  }));
}

/** The failed reports that failed as uncertain. Whatever upstream does, only a kill makes them so here. */
async function uncertainOf(world: World, url: string, sights: readonly Sight[]): Promise<readonly Doubt[]> {
  const failed = sights.filter(({ status, question }) => status === 'FAILED' && question.known);
  const refusals = await Promise.all(failed.map((sight) => askWithoutFlag(url, sight)));
  const uncertain = failed.flatMap((sight, index) => {
    const [first, ...others] = refusals[index] ?? [];
    const isUncertain = ({ code }: Refusal): boolean => code === 'SUBMISSION_UNCERTAIN';
    return first?.since && [first, ...others].every(isUncertain) ? [{ ...sight, since: first.since }] : [];
  });
  const causeless = uncertain.filter(({ question, type }) => !world.cutOff.has(`${question.id}:${type}`));
  if (causeless.length > 0) complain(world, 'uncertain, though no kill cut it off', causeless.map(describe));
  return uncertain;
}

export function checkDuplicates(world: World): void {
  const accepted = acceptedReports(world);
  const twice = purchasesOf(world.questions).filter(
    (purchase) => (accepted.get(nameOf(purchase.question, purchase.type)) ?? 0) > 1 + resubmitsOf(world, purchase),
  );
  if (twice.length > 0) complain(world, 'bought twice', twice.map(describe));
  const known = new Set(purchasesOf(world.questions).map(({ question, type }) => nameOf(question, type)));
  const strange = [...accepted.keys()].filter((name) => !known.has(name));
  if (strange.length > 0) complain(world, 'bought, though nobody asked for it', strange);
}

/** Waits until no report is in progress, then checks that every purchase is accounted for. */
export async function drain(world: World, url: string): Promise<readonly Sight[]> {
  const until = performance.now() + LONGEST_DRAIN_MS;
  let sights = await look(world, url);
  const isUnderWay = ({ status }: Sight): boolean => status === 'SUBMITTING' || status === 'PENDING';
  while (sights.some(isUnderWay)) {
    if (performance.now() > until) {
      complain(world, 'still under way after a long wait', sights.filter(isUnderWay).map(describe));
      break;
    }
    await sleep(50);
    sights = await look(world, url);
  }

  const accepted = acceptedReports(world);
  const bought = sights.filter(({ question, type }) => accepted.has(nameOf(question, type)));
  world.uncertain = await uncertainOf(world, url, sights);
  const isUncertain = ({ question, type }: Purchase): boolean =>
    world.uncertain.some((purchase) => purchase.question === question && purchase.type === type);
  const lost = bought.filter((sight) => sight.status !== 'READY' && !isUncertain(sight));
  if (lost.length > 0) complain(world, 'bought, and neither here nor uncertain', lost.map(describe));
  const ready = sights.filter(({ status }) => status === 'READY').length;
  await checkUsage(world, url, ready);
  checkDuplicates(world);
  return sights;
}

/** Resubmits uncertain reports, each twice concurrently: expects one purchase, one refusal and one report each. */
export async function checkResubmits(world: World, url: string, purchases: readonly Doubt[]): Promise<void> {
  const before = acceptedReports(world);
  await Promise.all(
    purchases.map(async (purchase) => {
      noteResubmit(world, purchase);
      const responses = await Promise.all([resubmit(url, purchase), resubmit(url, purchase)]);
      const codes = responses.flatMap(({ errors }) => errors.map(({ extensions }) => extensions.code));
      if (codes.join() !== 'PURCHASE_CHANGED') {
        complain(world, `one doubt was bought again twice at once: ${codes.join(', ') || 'no error'}`, [
          describe(purchase),
        ]);
      }
    }),
  );
  const sights = await drain(world, url);
  const after = acceptedReports(world);
  const added = ({ question, type }: Purchase): number => {
    const name = nameOf(question, type);
    return (after.get(name) ?? 0) - (before.get(name) ?? 0);
  };
  const miscounted = purchases.filter((purchase) => added(purchase) !== 1);
  if (miscounted.length > 0) complain(world, 'not bought again exactly once', miscounted.map(describe));
  const missing = purchases.filter(
    ({ question, type }) =>
      !sights.some((sight) => sight.question === question && sight.type === type && sight.status === 'READY'),
  );
  if (missing.length > 0) complain(world, 'bought again, and did not come', missing.map(describe));
}

/** Checks that every READY report is served without an upstream request. */
export async function checkServedFromLedger(world: World, url: string, sights: readonly Sight[]): Promise<void> {
  const { posts, polls } = world.simulator.counters();
  for (const { question, type, status } of sights) {
    if (status !== 'READY') continue;
    const field = type === 'PAY' ? 'pay' : 'yoe';
    const { data } = await post<{ reportById: Record<string, { collectedAt: string } | null> | null }, object>(
      url,
      `query ($id: ID!) { reportById(id: $id) { ${field}(waitMs: 0) { collectedAt } } }`,
      { id: question.id },
    );
    if (!data?.reportById?.[field]) complain(world, 'ready, and not served', [describe({ question, type })]);
  }
  const now = world.simulator.counters();
  if (now.posts !== posts || now.polls !== polls) complain(world, 'upstream was asked for what was ready here');
}

function purchasesOf(questions: readonly Question[]): Purchase[] {
  return questions.flatMap((question) => REPORT_TYPES.map((type: ReportType) => ({ question, type })));
}

function describe({ question, type }: Purchase): string {
  return `${question.id} ${type} (upstream: ${nameOf(question, type)})`;
}
