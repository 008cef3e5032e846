import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { buildOtherRelease, type Release } from '../../fixtures/server/other-release.ts';
import { slow } from '../../fixtures/upstream/steps.ts';
import { ask, inTurn, settled, type Outcome } from '../ask.ts';
import { counted, generalProblems, listed, unless, type Result } from '../checks.ts';
import { LEASE_MS, refusalOf, startFleet, TAKEOVER_MS, type Fleet, type FleetServer } from '../fleet.ts';
import { startLoad } from '../load.ts';

const CLIENTS = 8;
/** A third of a lease is promised; this machine may be busy. */
const LONGEST_ADMISSION_MS = LEASE_MS;
const LONGEST_START_MS = 30_000;

/**
 * Under load, servers of the next release join those of this one, which leave then. What this release cannot read may be written only
 * once all of it have left. `freezes`: the last is stopped for longer than its lease instead, and wakes when it is too late.
 */
export async function rolling({ seconds, freezes }: { seconds: number; freezes: boolean }): Promise<Result> {
  const next = await buildNextRelease();
  const fleet = await startFleet({ servers: 2, upstream: { pendingPolls: 2, retryAfterMs: 300 } });
  const { upstream } = fleet;
  upstream.script.submit.otherwise(() => slow(20 + 80 * Math.random()));
  const load = startLoad(fleet, CLIENTS);
  const goOn = (): Promise<void> => delay(seconds * 1_000);
  try {
    const [one, last] = fleet.servers as [FleetServer, FleetServer];
    await goOn();
    const before = await formsOf(fleet);
    await fleet.launch({}, { entry: next.entry });
    await fleet.launch({}, { entry: next.entry });
    await goOn();
    // Going back is still possible.
    await fleet.end(one);
    const again = await fleet.launch();
    await goOn();
    const beside = { forms: await formsOf(fleet), asked: load.asked.length };
    await fleet.end(again);
    const left = freezes ? await wakeTooLate(fleet, last) : await leave(fleet, last);
    await goOn();
    const refusal = await refusalOf(() => fleet.launch());
    await load.stop();

    const numbers = Array.from({ length: load.count() }, (_, number) => number);
    const first = await settled(fleet, numbers);
    // Whoever was told nothing asks again.
    const codes = new Map<number, Outcome>();
    for (const [number, status] of first) {
      if (status !== 'READY') codes.set(number, await ask(inTurn(fleet, number), number));
    }
    const failed = [...codes].filter(([, code]) => code !== 'READY').map((each) => each.join(' '));
    const unforeseen = load.asked.filter(({ outcome }) => outcome !== 'READY' && outcome !== 'REPORT_NOT_READY');
    return {
      figures: {
        'reports asked for': numbers.length,
        'while both releases ran': beside.asked,
        'answers while it lasted': counted(load.asked.map(({ outcome }) => outcome)),
        POSTs: upstream.count('submit'),
        'reports bought': upstream.bought(),
        'asked for again': codes.size,
        'forms while both ran': beside.forms.join(', '),
        'forms in the end': (await formsOf(fleet)).join(', '),
        ...left.figures,
        'this release, started again': refusal,
      },
      problems: [
        ...generalProblems(upstream),
        ...unless(
          beside.forms.join() === before.join(),
          `forms beside a server that cannot read them: ${beside.forms.join()}`,
        ),
        ...unless(refusal.includes(`in the form ${NEXT_FORM}`), `not refused by the name of the form: ${refusal}`),
        ...unless(failed.length === 0, `not collected: ${listed(failed)}`),
        ...unless(unforeseen.length === 0, `unforeseen: ${counted(unforeseen.map(({ outcome }) => outcome))}`),
        ...left.problems,
      ],
    };
  } finally {
    await load.stop();
    await fleet.close();
    await next.remove();
  }
}

const NEXT_FORM = 'later';
const MIGRATIONS = 'storage/postgres/migrations';

/** A release that has a form and a table of which this one does not know. */
function buildNextRelease(): Promise<Release> {
  const known = readdirSync(join(import.meta.dirname, '../../../src', MIGRATIONS)).length;
  const number = String(known + 1).padStart(4, '0');
  return buildOtherRelease({
    'storage/shared/formats.ts': (text) => text.replace(/(?<=\bFORMATS\b.*= \[.*)\]/, `, '${NEXT_FORM}']`),
    [`${MIGRATIONS}/${number}-later.sql`]: () => 'CREATE TABLE later (id text PRIMARY KEY);',
  });
}

/** The last of this release ends as usual. */
async function leave(fleet: Fleet, last: FleetServer): Promise<Result> {
  await fleet.end(last);
  const admittedMs = await untilAdmitted(fleet);
  return {
    figures: { 'until the next form was admitted, ms': Math.round(admittedMs) },
    problems: unless(admittedMs < LONGEST_ADMISSION_MS, `the next form was admitted after ${admittedMs} ms`),
  };
}

/** The last of this release is stopped until the others go on without it. */
async function wakeTooLate(fleet: Fleet, last: FleetServer): Promise<Result> {
  const { upstream } = fleet;
  fleet.withdraw(last);
  // Nothing of it is in flight.
  await delay(1_000);
  last.process.child.kill('SIGSTOP');
  const admittedMs = await untilAdmitted(fleet);
  last.process.child.kill('SIGCONT');
  await delay(LEASE_MS);
  const readiness = await (await fetch(new URL('/readyz', last.url))).text();
  const outcome = await ask(last, UNASKED);
  const { code } = await last.process.end('SIGTERM');
  const bought = upstream.submits().filter(({ answers }) => Number(answers.AverageSizeCompetitor) === UNASKED);
  return {
    figures: {
      'until the next form was admitted, ms': Math.round(admittedMs),
      'the one that woke, asked': outcome,
      'its readiness': readiness,
    },
    problems: [
      ...unless(admittedMs < TAKEOVER_MS + LONGEST_ADMISSION_MS, `the next form was admitted after ${admittedMs} ms`),
      ...unless(
        outcome === 'STORE_UNAVAILABLE' && bought.length === 0,
        `it answered ${outcome}, POSTs: ${bought.length}`,
      ),
      ...unless(readiness.includes('not ready'), `its readiness: ${readiness}`),
      ...unless(code === 0, `it ended with ${code}`),
    ],
  };
}

/** Nobody else asks for it. */
const UNASKED = 999_999;

/** Resolves with the milliseconds until the next release may write its form. */
async function untilAdmitted(fleet: Fleet): Promise<number> {
  const from = performance.now();
  while (!(await formsOf(fleet)).includes(NEXT_FORM) && performance.now() - from < LONGEST_START_MS) await delay(20);
  return performance.now() - from;
}

/** The forms in which the ledger may be written. */
async function formsOf({ database }: Fleet): Promise<readonly string[]> {
  const client = new Client({ connectionString: database });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>('SELECT name FROM jobalyzer.formats ORDER BY number');
    return rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
}
