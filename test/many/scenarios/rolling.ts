import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { AnswersInput } from '../../generated/operations.ts';
import { numbered } from '../../fixtures/answers/answers.ts';
import { buildOtherRelease, type Release } from '../../fixtures/server/other-release.ts';
import { slow } from '../../fixtures/upstream/steps.ts';
import { ask, inTurn, settled, type Outcome } from '../ask.ts';
import { counted, generalProblems, listed, unless, type Result } from '../checks.ts';
import { LEASE_MS, refusalOf, startFleet, TAKEOVER_MS, type Fleet, type FleetServer } from '../fleet.ts';
import { startLoad, type Load } from '../load.ts';

const CLIENTS = 8;
/** Those that ask in a spelling that is not upstream's, each for reports of its own. */
const SPELLING_CLIENTS = 2;
/** A third of a lease, and what a busy machine adds. */
const LONGEST_ADMISSION_MS = LEASE_MS;
const LONGEST_START_MS = 120_000;

/**
 * Under load, servers of this release join those of the one before, which knows one form of the ledger less, and leave then. What they
 * cannot read is not written until all of them have left, and then it is. `freezes`: the last is stopped for longer than its lease instead,
 * and wakes when it is too late.
 */
export async function rolling({ seconds, freezes }: { seconds: number; freezes: boolean }): Promise<Result> {
  const { form, release } = await buildFormerRelease();
  const former = { entry: release.entry };
  const fleet = await startFleet({
    servers: 2,
    program: former,
    upstream: { pendingPolls: 2, retryAfterMs: 300 },
    settings: async () => ({ ANSWER_CHECK: 'correct' }),
  });
  const { upstream } = fleet;
  upstream.script.submit.otherwise(() => slow(20 + 80 * Math.random()));
  const load = startLoad(fleet, CLIENTS);
  const spelled = startLoad(fleet, SPELLING_CLIENTS, { answersOf: otherwiseSpelled });
  const goOn = (): Promise<void> => delay(seconds * 1_000);
  try {
    const [one, last] = fleet.servers as [FleetServer, FleetServer];
    await goOn();
    await fleet.launch();
    await fleet.launch();
    await goOn();
    // Going back is still possible.
    await fleet.end(one);
    const again = await fleet.launch({}, former);
    await goOn();
    const beside = { ...(await formsOf(fleet)), asked: load.asked.length };
    await fleet.end(again);
    const left = freezes ? await wakeTooLate(fleet, last, form) : await leave(fleet, last, form);
    const after = spelled.count();
    await goOn();
    await expectMore(spelled, after);
    const refusal = await refusalOf(() => fleet.launch({}, former));
    await Promise.all([load.stop(), spelled.stop()]);
    const end = await formsOf(fleet);

    const numbers = Array.from({ length: load.count() }, (_, number) => number);
    const first = await settled(fleet, numbers);
    // Whoever was told nothing asks again.
    const codes = new Map<number, Outcome>();
    for (const [number, status] of first) {
      if (status !== 'READY') codes.set(number, await ask(inTurn(fleet, number), number));
    }
    const failed = [...codes].filter(([, code]) => code !== 'READY').map((each) => each.join(' '));
    const unforeseen = [...load.asked, ...spelled.asked].filter(
      ({ outcome }) => outcome !== 'READY' && outcome !== 'REPORT_NOT_READY',
    );
    return {
      figures: {
        'reports asked for': numbers.length,
        'while both releases ran': beside.asked,
        'answers while it lasted': counted(load.asked.map(({ outcome }) => outcome)),
        POSTs: upstream.count('submit'),
        'reports bought': upstream.bought(),
        'asked for again': codes.size,
        'forms while both ran': beside.forms.join(', '),
        'forms in the end': end.forms.join(', '),
        'entries beyond the first form while both ran': beside.newest,
        'entries beyond the first form in the end': end.newest,
        ...left.figures,
        'the former release, started again': refusal,
      },
      problems: [
        ...generalProblems(upstream),
        ...unless(
          !beside.forms.includes(form) && beside.newest === 0,
          `${form} was written beside servers that cannot read it: ${beside.newest} entries`,
        ),
        ...unless(end.newest > 0, `${form} was not written after those had left`),
        ...unless(refusal.includes(`in the form ${form}`), `not refused by the name of the form: ${refusal}`),
        ...unless(failed.length === 0, `not collected: ${listed(failed)}`),
        ...unless(unforeseen.length === 0, `unforeseen: ${counted(unforeseen.map(({ outcome }) => outcome))}`),
        ...left.problems,
      ],
      late: left.late,
    };
  } finally {
    await Promise.all([load.stop(), spelled.stop()]);
    await fleet.close();
    await release.remove();
  }
}

/** The release that does not know the newest form of this one. */
async function buildFormerRelease(): Promise<{ readonly form: string; readonly release: Release }> {
  let form = '';
  const release = await buildOtherRelease({
    'storage/shared/formats.ts': (text) =>
      text.replace(/(?<=\bFORMATS\b.* = \[.*), '([\w-]+)'(?=\])/, (_, newest: string) => {
        form = newest;
        return '';
      }),
  });
  return { form, release };
}

/** Not as upstream spells it. */
function otherwiseSpelled(number: number): AnswersInput {
  const answers = numbered(SPELLED_FROM + number);
  return { ...answers, jobTitle: answers.jobTitle.toLowerCase() };
}

/** Nobody asks for so many others. */
const SPELLED_FROM = 500_000;

/** Waits until something was asked that was not under way before. */
async function expectMore(load: Load, count: number): Promise<void> {
  const until = performance.now() + LONGEST_START_MS;
  while (load.asked.length < count + 2 * SPELLING_CLIENTS && performance.now() < until) await delay(20);
}

type Leaving = Required<Result>;

/** The last of the former release ends as usual. */
async function leave(fleet: Fleet, last: FleetServer, form: string): Promise<Leaving> {
  await fleet.end(last);
  const admittedMs = await untilAdmitted(fleet, form);
  return {
    figures: { 'until the newest form was admitted, ms': Math.round(admittedMs) },
    problems: [],
    late: unless(admittedMs < LONGEST_ADMISSION_MS, `the newest form was admitted after ${admittedMs} ms`),
  };
}

/** The last of the former release is stopped until the others go on without it. */
async function wakeTooLate(fleet: Fleet, last: FleetServer, form: string): Promise<Leaving> {
  const { upstream } = fleet;
  fleet.withdraw(last);
  // Nothing of it is in flight.
  await last.requests.answered();
  last.process.child.kill('SIGSTOP');
  const admittedMs = await untilAdmitted(fleet, form);
  last.process.child.kill('SIGCONT');
  await delay(LEASE_MS);
  const readiness = await (await fetch(new URL('/readyz', last.url))).text();
  const outcome = await ask(last, UNASKED);
  const { code } = await last.process.end('SIGTERM');
  const bought = upstream.submits().filter(({ answers }) => Number(answers.AverageSizeCompetitor) === UNASKED);
  return {
    figures: {
      'until the newest form was admitted, ms': Math.round(admittedMs),
      'the one that woke, asked': outcome,
      'its readiness': readiness,
    },
    problems: [
      ...unless(
        outcome === 'STORE_UNAVAILABLE' && bought.length === 0,
        `it answered ${outcome}, POSTs: ${bought.length}`,
      ),
      ...unless(readiness.includes('not ready'), `its readiness: ${readiness}`),
      ...unless(code === 0, `it ended with ${code}`),
    ],
    late: unless(
      admittedMs < TAKEOVER_MS + LONGEST_ADMISSION_MS,
      `the newest form was admitted after ${admittedMs} ms`,
    ),
  };
}

/** Nobody else asks for it. */
const UNASKED = 999_999;

/** Resolves with the milliseconds until this release may write its newest form. */
async function untilAdmitted(fleet: Fleet, form: string): Promise<number> {
  const from = performance.now();
  while (!(await formsOf(fleet)).forms.includes(form) && performance.now() - from < LONGEST_START_MS) await delay(20);
  return performance.now() - from;
}

/** The forms in which the ledger may be written, and how many entries need more than the first one. */
async function formsOf({ database }: Fleet): Promise<{ readonly forms: readonly string[]; readonly newest: number }> {
  const client = new Client({ connectionString: database });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>('SELECT name FROM jobalyzer.formats ORDER BY number');
    const { rows: found } = await client.query<{ newest: number }>(
      'SELECT count(*)::int AS newest FROM jobalyzer.entries WHERE format > 1',
    );
    return { forms: rows.map(({ name }) => name), newest: found[0]?.newest ?? 0 };
  } finally {
    await client.end();
  }
}
