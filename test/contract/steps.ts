import { randomUUID } from 'node:crypto';
import type { Failure } from '../../src/errors.js';
import { canonicalAnswers } from '../../src/model/answers.js';
import { reportId } from '../../src/model/report-id.js';
import { entryOf, type Entry, type EntryIn } from '../../src/datasources/reports/ledger.js';
import { transition, type Transition } from '../../src/datasources/reports/transition.js';
import type { LedgerEvent } from '../../src/datasources/reports/ledger-events.js';
import type { ReportKey, ReportsRequest, ReportType } from '../../src/model/report.js';
import type { Backend, Committed, Ledger, ReportRecord } from '../../src/datasources/reports/ports.js';

/** An open store, which can be reopened as the next process would. */
export interface OpenedBackend {
  readonly backend: Backend;
  /** Closes the backend and opens the same store again, as a restart does. */
  reopen(): Promise<Backend>;
  /** Closes whatever is open and removes the store. */
  close(): Promise<void>;
}

export type OpenBackend = () => Promise<OpenedBackend>;

export const FAILURE: Failure = {
  code: 'UNCONFIRMED_ANSWER',
  message: 'Jobalyzer does not recognize: City "Sprngfield".',
  details: { issues: [{ answerId: 'City', answerValue: 'Sprngfield', message: null, code: 'E1' }] },
};

export const LINK = '/jobalyzer/v1/reports/pay/abc?token=a%2Fb';
const WARNINGS = [{ answerId: 'Skills', answerValue: 'Cobbol', message: 'Ignored: „Cobbol“', code: null }];
export const BODY = '{"Report": {"ReportRating": 0.5}}';
/** Far enough ahead never to expire during a test. */
export const IN_A_WEEK = Date.now() + 7 * 24 * 3_600_000;

/** When purchases are charged to a budget. */
export const DAY = '2026-01-31';

/** The events of a report that succeeds, and those of the ways it can fail. */
export const CLAIM = claimOf('anonymous');
/** The same, also of what is in doubt. */
export const RESUBMIT = { ...CLAIM, doubtsUntil: Infinity };
export const SEND: LedgerEvent = { kind: 'send' };
export const RESPONSE: LedgerEvent = { kind: 'response', body: '{"Links": {"PayReport": "…"}}' };
export const RESPONSE_WITH_COOKIES: LedgerEvent = { ...RESPONSE, cookies: 'ARRAffinity=1' };
export const LINK_FOUND: LedgerEvent = { kind: 'link', link: LINK, warnings: WARNINGS };
export const COLLECT: LedgerEvent = { kind: 'collect', body: BODY, rating: 0.5, expiresAt: IN_A_WEEK };
export const LOSE: LedgerEvent = { kind: 'lose', failure: FAILURE };
export const REJECT: LedgerEvent = { kind: 'reject', failure: FAILURE, expiresAt: IN_A_WEEK };
export const END: LedgerEvent = { kind: 'end', failure: FAILURE, expiresAt: IN_A_WEEK };
/** A response without a usable report, stored with the polling so far. */
export const SET_ASIDE: LedgerEvent = {
  kind: 'set-aside',
  body: '<html>',
  digest: 'd',
  polled: {
    state: 'LINKED',
    link: LINK,
    warnings: WARNINGS,
    since: 7,
    cookies: 'ARRAffinity=1',
    refusals: { since: 8, count: 2 },
    attempt: 2,
    faults: 2,
    failure: FAILURE,
    nextPollAt: 9,
    retryAfterMs: 500,
  },
};
export const REOPEN: LedgerEvent = { kind: 'reopen' };
/** A person's decision, whatever is uncertain until now. */
export const CLOSE: LedgerEvent = {
  kind: 'close',
  doubtsUntil: Infinity,
  note: 'Not on the invoice.',
  client: 'ann',
  expiresAt: IN_A_WEEK,
};
export const GIVE_UP: LedgerEvent = { kind: 'give-up', failure: FAILURE };
export const TO_LINKED = [CLAIM, SEND, RESPONSE, LINK_FOUND];
export const TO_COLLECTED = [...TO_LINKED, COLLECT];

/** A claim by a client, by default on one day and without a limit. */
export function claimOf(client: string, { day = DAY, limit = null }: { day?: string; limit?: number | null } = {}) {
  return { kind: 'claim', doubtsUntil: null, charge: { client, day, limit } } as const;
}

/** A report that has not been requested yet. */
export function newReport(jobTitle = `Développeur 👩‍💻 ${randomUUID()}`): ReportKey {
  const request: ReportsRequest = {
    answers: canonicalAnswers({ jobTitle, country: 'France', skills: ['SQL'], yearsExperience: 4.5 }, 'answers'),
    autoResolveJobTitle: true,
  };
  return { id: reportId(request), request };
}

/** The transition of this entry for an event. `body`: another body than that of a `collect`. */
export function stepOf(before: Entry, event: LedgerEvent, at = Date.now(), body?: string): Transition {
  const step = transition(before, event.kind === 'collect' && body !== undefined ? { ...event, body } : event, at);
  if (!step) throw new Error(`"${event.kind}" cannot happen to a report that is ${before.state}.`);
  return step;
}

export async function current(ledger: Ledger, report: ReportKey, type: ReportType = 'PAY'): Promise<Entry> {
  const record = await ledger.read(report.id);
  return entryOf(record?.entries ?? [], report.id, type);
}

/** Commits the events one after another, each durable before the next, and returns the resulting entry. */
export async function bring(
  ledger: Ledger,
  report: ReportKey,
  events: readonly LedgerEvent[],
  { type = 'PAY', at, body }: { type?: ReportType; at?: number; body?: string } = {},
): Promise<Entry> {
  let entry = await current(ledger, report, type);
  for (const event of events) {
    const [committed] = await ledger.commit(report, [stepOf(entry, event, at, body)]);
    if (!committed?.won) throw new Error(`"${event.kind}" was lost to somebody else.`);
    entry = committed.entry;
  }
  return entry;
}

export async function bringCollected(
  ledger: Ledger,
  report: ReportKey,
  given: { type?: ReportType; at?: number; body?: string } = {},
): Promise<EntryIn<'COLLECTED'>> {
  return (await bring(ledger, report, TO_COLLECTED, given)) as EntryIn<'COLLECTED'>;
}

export async function bringLinked(ledger: Ledger, report: ReportKey): Promise<EntryIn<'LINKED'>> {
  return (await bring(ledger, report, TO_LINKED)) as EntryIn<'LINKED'>;
}

export function wonOf(committed: readonly Committed[]): boolean[] {
  return committed.map(({ won }) => won);
}

/** Everything that can be taken up. */
export async function adoptAll(ledger: Ledger): Promise<readonly ReportRecord[]> {
  const all: ReportRecord[] = [];
  for (let found; (found = await ledger.adopt(1_000, [])).length > 0;) all.push(...found);
  return all;
}
