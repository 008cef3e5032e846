import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, type Failure } from '../../src/errors.js';
import { delay } from '../../src/lib/delay.js';
import type { JobalyzerClient } from '../../src/datasources/jobalyzer/client.js';
import { readPurchase, type PurchaseOutcome } from '../../src/datasources/jobalyzer/purchase-response.js';
import { TokenError } from '../../src/datasources/jobalyzer/token-failures.js';
import { createCommit } from '../../src/datasources/reports/commit.js';
import type { Entry } from '../../src/datasources/reports/ledger.js';
import type { CollectionKey } from '../../src/datasources/reports/ports.js';
import { createPurchaseBreaker } from '../../src/datasources/reports/purchase-breaker.js';
import { createPurchase } from '../../src/datasources/reports/purchase.js';
import { createReadResponses } from '../../src/datasources/reports/read-responses.js';
import { createSharedLinks } from '../../src/datasources/reports/shared-links.js';
import { canonicalAnswers } from '../../src/model/answers.js';
import type { ReportKey, ReportType } from '../../src/model/report.js';
import { BUYING } from '../fixtures/buyer.js';
import { NURSE } from '../fixtures/answers/answers.js';
import { entryAt, LINKED } from '../fixtures/fake-ledger.js';
import { createMemoryLedger } from '../fixtures/memory-ledger.js';

vi.mock(import('../../src/lib/delay.js'), { spy: true });

const API = 'https://jobalyzer.example';
const REQUEST = { autoResolveJobTitle: true, answers: canonicalAnswers(NURSE, 'answers') };
const BOTH: readonly ReportType[] = ['PAY', 'YOE'];
const LINKS = { PayReport: '/jobalyzer/v1/reports/1/pay', YearsExperienceReport: '/jobalyzer/v1/reports/1/yoe' };
const MINUTE = 60_000;
const failure: Failure = { code: 'UPSTREAM_UNAVAILABLE', message: 'No.' };
const UNCERTAIN: PurchaseOutcome = { kind: 'uncertain', failure };
const REJECTED: PurchaseOutcome = { kind: 'rejected', failure };
const LATER = notAccepted(true);
const NEVER = notAccepted(false);

let pauses: number[];
beforeEach(() => {
  pauses = [];
  vi.mocked(delay).mockImplementation(async (ms) => void pauses.push(ms));
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => void vi.restoreAllMocks());

describe('a purchase', () => {
  it('is SENDING on disk before it is sent, its response before it is read, and its links are polled at once', async () => {
    const { buy, ledger, sent, scheduled } = buying(responded({ Links: LINKS }, 'lb=1'));
    await buy('r');
    expect(sent).toEqual([{ types: ['PAY', 'YOE'], states: ['SENDING', 'SENDING'] }]);
    expect(ledger.steps).toEqual([
      ...['PAY SENDING', 'YOE SENDING'],
      ...['PAY SENDING', 'YOE SENDING'],
      ...['PAY LINKED', 'YOE LINKED'],
    ]);
    expect(BOTH.map((type) => ledger.entry('r', type))).toMatchObject([
      { state: 'LINKED', link: LINKS.PayReport, cookies: 'lb=1', warnings: [] },
      { state: 'LINKED', link: LINKS.YearsExperienceReport, cookies: 'lb=1', warnings: [] },
    ]);
    expect(scheduled).toEqual([
      { key: { id: 'r', type: 'PAY' }, delayMs: 0 },
      { key: { id: 'r', type: 'YOE' }, delayMs: 0 },
    ]);
    expect(pauses).toEqual([]);
  });

  it('that is rejected is remembered for its time, and only what is linked is polled', async () => {
    const Errors = [{ AnswerId: 'JobTitle', Message: 'Unknown.' }];
    const { buy, ledger, scheduled } = buying(responded({ Links: { PayReport: LINKS.PayReport }, Errors }), REJECTED);
    const before = Date.now();
    await buy('r');
    expect(ledger.entry('r', 'YOE')).toMatchObject({ state: 'REJECTED', failure: { code: 'UNCONFIRMED_ANSWER' } });
    expect(scheduled.map(({ key }) => key.type)).toEqual(['PAY']);
    await buy('s');
    for (const [id, type] of [['r', 'YOE'] as const, ['s', 'PAY'] as const, ['s', 'YOE'] as const]) {
      const { expiresAt } = ledger.entry(id, type) as Entry & { expiresAt: number };
      expect(expiresAt - before).toBeGreaterThanOrEqual(5 * MINUTE);
      expect(expiresAt - Date.now()).toBeLessThanOrEqual(5 * MINUTE);
    }
  });

  it('whose outcome is unknown is uncertain, under the id it was sent with, and is not sent again', async () => {
    const { buy, ledger, sent } = buying(UNCERTAIN);
    await buy('r');
    const { purchaseId } = ledger.entry('r', 'PAY') as { purchaseId?: string };
    expect(purchaseId).toMatch(/^[0-9a-f-]{36}$/);
    expect(BOTH.map((type) => ledger.entry('r', type))).toMatchObject([
      { state: 'UNCERTAIN', failure, purchaseId },
      { state: 'UNCERTAIN', failure, purchaseId },
    ]);
    expect(sent).toHaveLength(1);
  });

  it('that was not accepted is claimed again, and sent again after a pause, with an id of its own', async () => {
    const { buy, ledger, sent } = buying(LATER, { ...LATER, retryAfterMs: 900 }, responded({ Links: LINKS }));
    await buy('r');
    expect(sent).toHaveLength(3);
    expect(pauses).toEqual([250, 900]);
    expect(ledger.steps.filter((step) => step.startsWith('PAY'))).toEqual([
      ...['PAY SENDING', 'PAY INTENT', 'PAY SENDING', 'PAY INTENT'],
      ...['PAY SENDING', 'PAY SENDING', 'PAY LINKED'],
    ]);
  });

  it('is given up after five attempts, with the reason', async () => {
    const { buy, ledger, sent } = buying(LATER, LATER, LATER, LATER, LATER, responded({ Links: LINKS }));
    await buy('r');
    expect(sent).toHaveLength(5);
    expect(pauses).toEqual([250, 500, 1_000, 2_000]);
    expect(BOTH.map((type) => ledger.entry('r', type))).toMatchObject([
      { state: 'ABSENT', failure },
      { state: 'ABSENT', failure },
    ]);
  });

  it('is given up after fifteen seconds', async () => {
    let now = 1_000_000;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const slow = async (): Promise<PurchaseOutcome> => {
      now += 8_000;
      return LATER;
    };
    const { buy, ledger, sent } = buying(slow, slow, slow);
    await buy('r');
    expect(sent).toHaveLength(2);
    expect(ledger.entry('r', 'PAY').state).toBe('ABSENT');
  });

  it('is given up at once if another attempt makes no sense', async () => {
    const { buy, ledger, sent } = buying(NEVER, responded({ Links: LINKS }));
    await buy('r');
    expect([sent.length, ledger.entry('r', 'PAY').state]).toEqual([1, 'ABSENT']);
  });

  it('does not count an attempt that was not sent for want of a token', async () => {
    const noToken = new TokenError({ failure }, true, 0);
    const { buy, ledger, sent } = buying(...Array.from({ length: 9 }, () => noToken), responded({ Links: LINKS }));
    await buy('r');
    expect(sent).toHaveLength(1);
    expect(pauses).toEqual(Array.from({ length: 9 }, () => 250));
    expect(ledger.entry('r', 'PAY').state).toBe('LINKED');
  });

  it('does not send what a late response has changed, and buys the rest', async () => {
    const { buy, ledger, sent } = buying(responded({ Links: LINKS }));
    const claimed = ledger.claim('r');
    ledger.put(reportOf('r'), entryAt(9, { state: 'ABSENT', failure }, { reportId: 'r', type: 'YOE' }));
    await buy('r', claimed);
    expect(sent).toEqual([{ types: ['PAY'], states: ['SENDING', 'ABSENT'] }]);
    expect(ledger.entry('r', 'PAY').state).toBe('LINKED');
    expect(ledger.entry('r', 'YOE').version).toBe(9);
  });

  it('is not sent again if a late response had links for all of it', async () => {
    const { buy, ledger, sent } = buying(async () => {
      const linked = BOTH.map((type) => entryAt(9, LINKED, { reportId: 'r', type }));
      ledger.put(reportOf('r'), ...linked);
      return LATER;
    });
    await buy('r');
    expect(sent).toHaveLength(1);
    expect(BOTH.map((type) => ledger.entry('r', type).version)).toEqual([9, 9]);
  });

  it('is not sent while the ledger cannot be written', async () => {
    const { buy, ledger, sent } = buying(responded({ Links: LINKS }));
    const claimed = ledger.claim('r');
    const commit = vi.spyOn(ledger.ledger, 'commit');
    commit.mockRejectedValueOnce(new ApiError('STORE_UNAVAILABLE', 'The disk is full.'));
    await buy('r', claimed);
    expect(sent).toEqual([]);
    expect(ledger.entry('r', 'PAY')).toMatchObject({ state: 'ABSENT', failure: { code: 'STORE_UNAVAILABLE' } });
  });

  it('has its pause ended by a server that stops, and is left for the next start', async () => {
    const { buy, ledger, sent, stop } = buying(LATER, responded({ Links: LINKS }));
    vi.mocked(delay).mockImplementation(async () => stop());
    await buy('r');
    expect(sent).toHaveLength(1);
    expect(ledger.entry('r', 'PAY').state).toBe('INTENT');
  });

  it('that is given up has a late response of the doubt it was to repeat read', async () => {
    const { buy, ledger, scheduled } = buying(NEVER);
    const doubt = { failure, since: 1, purchaseId: 'p', response: null };
    const claimed = [entryAt(1, { state: 'INTENT', doubt }, { reportId: 'r' })];
    ledger.put(reportOf('r'), ...claimed);
    const commit = ledger.ledger.commit.bind(ledger.ledger);
    vi.spyOn(ledger.ledger, 'commit').mockImplementation(async (report, steps) => {
      const committed = await commit(report, steps);
      const entry = ledger.entry('r', 'PAY');
      // It arrives just when the purchase has been given up.
      if (entry.state === 'UNCERTAIN' && entry.response === null)
        ledger.put(report, { ...entry, version: entry.version + 1, response: JSON.stringify({ Links: LINKS }) });
      return committed;
    });
    await buy('r', claimed);
    expect(ledger.entry('r', 'PAY')).toMatchObject({ state: 'LINKED', link: LINKS.PayReport });
    expect(scheduled).toHaveLength(1);
  });

  it('that is not accepted while the server stops is not given up either', async () => {
    const { buy, ledger, stop } = buying(async () => {
      stop();
      return NEVER;
    });
    await buy('r');
    expect(ledger.entry('r', 'PAY').state).toBe('INTENT');
    expect(pauses).toEqual([]);
  });

  it('holds its connection until what it came to is stored', async () => {
    const { buy, ledger, settled } = buying(responded({ Links: LINKS }), LATER, NEVER);
    await buy('r');
    await buy('s');
    expect(await Promise.all(settled)).toEqual(['LINKED', 'INTENT', 'ABSENT']);
    expect(ledger.entry('s', 'PAY').state).toBe('ABSENT');
  });
});

describe('a response', () => {
  it('of another purchase with the same link is followed, with a warning', async () => {
    const { buy, ledger } = buying(responded({ Links: LINKS }));
    ledger.shareLink(LINKS.PayReport, { id: 'other', type: 'PAY' });
    await buy('r');
    expect(ledger.entry('r', 'PAY')).toMatchObject({ link: LINKS.PayReport, warnings: [{ code: 'LINK_SHARED' }] });
    expect(ledger.entry('r', 'YOE')).toMatchObject({ warnings: [] });
  });

  it('that came late for a doubt ends it if it has a link, and only then', async () => {
    for (const [body, state] of [
      [JSON.stringify({ Links: LINKS }), 'LINKED'],
      [JSON.stringify({ Errors: [{ Message: 'No.' }] }), 'UNCERTAIN'],
      ['nonsense', 'UNCERTAIN'],
    ] as const) {
      const { read, ledger, scheduled } = buying();
      const doubt = { failure, since: 1, purchaseId: 'p', response: body } as const;
      ledger.put(reportOf('r'), entryAt(3, { state: 'UNCERTAIN', ...doubt }, { reportId: 'r' }));
      expect(await read('r', ['PAY'])).toMatchObject([{ state }]);
      expect(scheduled).toHaveLength(state === 'LINKED' ? 1 : 0);
    }
  });

  it('of an earlier purchase in a doubt counts if the latest has none', async () => {
    const { read, ledger } = buying();
    const earlier = [{ failure, since: 1, purchaseId: 'p', response: JSON.stringify({ Links: LINKS }) }];
    const latest = { failure, since: 2, purchaseId: 'q', response: 'nonsense', earlier };
    ledger.put(reportOf('r'), entryAt(3, { state: 'UNCERTAIN', ...latest }, { reportId: 'r' }));
    await read('r', ['PAY']);
    expect(ledger.entry('r', 'PAY')).toMatchObject({
      state: 'LINKED',
      link: LINKS.PayReport,
      doubt: { purchaseId: 'q' },
    });
  });
});

describe('a purchase that may have been taken over', () => {
  it('is not sent, and given up', async () => {
    const { buy, ledger, sent } = buying();
    ledger.allow(false);
    await buy('r');
    expect(sent).toEqual([]);
    expect(ledger.entry('r', 'PAY')).toMatchObject({ state: 'ABSENT', failure: { code: 'STORE_UNAVAILABLE' } });
  });
});

describe('buying', () => {
  it('is paused after five purchases in a row that were lost: the next is given up, and nothing is sent', async () => {
    const { buy, ledger, sent, asked } = buying(...Array.from({ length: 5 }, () => UNCERTAIN));
    for (const id of ['a', 'b', 'c', 'd', 'e']) await buy(id);
    await buy('f');
    expect(sent).toHaveLength(5);
    // Nor is a connection or a token asked for.
    expect(asked()).toBe(5);
    expect(ledger.entry('f', 'PAY')).toMatchObject({ state: 'ABSENT', failure: { code: 'UPSTREAM_UNAVAILABLE' } });
  });

  it.each<[string, PurchaseOutcome]>([
    ['has links', responded({ Links: LINKS })],
    ['was rejected', REJECTED],
    ['was refused for good', NEVER],
  ])('goes on after the pause once a trial %s', async (_, outcome) => {
    const { buy, sent, pass } = buying(...Array.from({ length: 5 }, () => UNCERTAIN), outcome);
    for (const id of ['a', 'b', 'c', 'd', 'e']) await buy(id);
    pass(5_000);
    await buy('trial');
    await Promise.all([buy('g'), buy('h')]);
    expect(sent).toHaveLength(8);
  });

  it.each<[string, PurchaseOutcome]>([
    ['was lost', UNCERTAIN],
    ['had no link', responded({})],
  ])('stays paused if a trial %s', async (_, outcome) => {
    const { buy, sent, pass } = buying(...Array.from({ length: 5 }, () => UNCERTAIN), outcome);
    for (const id of ['a', 'b', 'c', 'd', 'e']) await buy(id);
    pass(5_000);
    await buy('trial');
    await buy('g');
    expect(sent).toHaveLength(6);
  });

  it('is not paused by purchases that were refused, nor by those that were accepted in between', async () => {
    const outcomes = Array.from({ length: 6 }, () => [UNCERTAIN, UNCERTAIN, UNCERTAIN, UNCERTAIN, NEVER, REJECTED]);
    const { buy, sent } = buying(...outcomes.flatMap((each) => [...each, responded({ Links: LINKS })]));
    for (let number = 0; number < 42; number += 1) await buy(`r${number}`);
    expect(sent).toHaveLength(42);
  });

  it('is paused by purchases that had to be given up though they might be accepted later', async () => {
    const { buy, sent } = buying(...Array.from({ length: 25 }, () => LATER));
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) await buy(id);
    expect(sent).toHaveLength(25);
  });
});

function notAccepted(again: boolean): PurchaseOutcome & { kind: 'not-accepted' } {
  return { kind: 'not-accepted', failure, retryAfterMs: null, again, withoutToken: false };
}

function responded(body: object, cookies: string | null = null): PurchaseOutcome {
  return { kind: 'responded', body: JSON.stringify(body), cookies };
}

function reportOf(id: string): ReportKey {
  return { id, request: { ...REQUEST, answers: { ...REQUEST.answers, jobTitle: id } } };
}

type Outcome = PurchaseOutcome | TokenError | (() => Promise<PurchaseOutcome>);

/** What is bought, from a client with these outcomes; then everything has links. A TokenError comes before anything is sent. */
function buying(...outcomes: Outcome[]) {
  const stopping = new AbortController();
  const memory = createMemoryLedger();
  const sent: { types: readonly ReportType[]; states: string[] }[] = [];
  const scheduled: { key: CollectionKey; delayMs: number }[] = [];
  const settled: Promise<string>[] = [];
  let clock = 0;
  let asked = 0;
  const client: Pick<JobalyzerClient, 'purchase' | 'readPurchase'> = {
    async purchase({ answers: { jobTitle: id } }, types, sending) {
      asked += 1;
      const outcome = outcomes[0] ?? responded({ Links: LINKS });
      if (!(outcome instanceof Error)) {
        sending.beforeConnect();
        await sending.beforeSend('{}');
      }
      sending.beforeFirstByte();
      outcomes.shift();
      if (outcome instanceof Error) throw outcome;
      sent.push({ types, states: BOTH.map((type) => memory.entry(id, type).state) });
      settled.push(sending.settled.then(() => memory.entry(id, 'PAY').state));
      return typeof outcome === 'function' ? outcome() : outcome;
    },
    readPurchase: (body, types) => readPurchase(body, types, API),
  };
  const log = pino({ level: 'silent' });
  const commit = createCommit(memory.ledger, new AbortController().signal, log);
  const settings = { rejectedTtlMs: 5 * MINUTE };
  const readResponses = createReadResponses(
    client as JobalyzerClient,
    commit,
    {
      start: () => undefined,
      schedule: (key, delayMs) => void scheduled.push({ key, delayMs }),
      close: () => Promise.resolve(),
    },
    createSharedLinks(memory.ledger, log),
    settings,
  );
  const purchase = createPurchase({
    ledger: memory.ledger,
    client: client as JobalyzerClient,
    commit,
    readResponses,
    breaker: createPurchaseBreaker(() => clock),
    buying: BUYING,
    settings,
    stopping: stopping.signal,
  });

  function claim(id: string): Entry[] {
    const claimed = BOTH.map((type) => entryAt(1, { state: 'INTENT', doubt: null }, { reportId: id, type }));
    memory.put(reportOf(id), ...claimed);
    return claimed;
  }

  return {
    ledger: { ...memory, claim },
    sent,
    asked: () => asked,
    scheduled,
    settled,
    buy: (id: string, claimed: readonly Entry[] = claim(id)) => purchase(reportOf(id), claimed),
    read: (id: string, types: readonly ReportType[]) => readResponses(reportOf(id), types),
    stop: () => stopping.abort(new Error('The server is stopping.')),
    pass: (ms: number) => (clock += ms),
  };
}
