import { setTimeout as sleep } from 'node:timers/promises';
import { post } from '../fixtures/server/post.ts';
import type { LeftEntry, LeftState } from './ledger-file.ts';
import { resubmit } from './load.ts';
import { nameOf, REPORT_TYPES, type Question, type ReportType } from './questions.ts';
import { look, type Sight } from './sights.ts';
import { checkUncertain, uncertainOf } from './uncertain.ts';
import { checkUsage } from './usage.ts';
import { reconciled } from './usage-log.ts';
import {
  acceptedReports,
  complain,
  describe,
  noteResubmit,
  resubmitsOf,
  type Doubt,
  type Purchase,
  type World,
} from './world.ts';

const LONGEST_DRAIN_MS = 60_000;

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

/** Waits until no report is in progress. */
async function settled(world: World, url: string): Promise<void> {
  const until = performance.now() + LONGEST_DRAIN_MS;
  const isUnderWay = ({ status }: Sight): boolean => status === 'SUBMITTING' || status === 'PENDING';
  for (;;) {
    const underWay = (await look(world, url)).filter(isUnderWay);
    if (underWay.length === 0) return;
    if (performance.now() > until) {
      return complain(world, 'still under way after a long wait', underWay.map(describe));
    }
    await sleep(50);
  }
}

/** Waits until no report is in progress, then checks that every purchase is accounted for. */
export async function drain(world: World, url: string): Promise<readonly Sight[]> {
  await settled(world, url);
  if (world.log !== 'none') {
    await reconciled(world, url);
    // What was found is collected now.
    await settled(world, url);
  }
  const sights = await look(world, url);

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
