import pino from 'pino';
import { beforeEach, describe, expect, it, onTestFinished, vi, type TestContext } from 'vitest';
import { createJobalyzerClient } from '../../src/datasources/jobalyzer/client.js';
import { createCommit } from '../../src/datasources/reports/commit.js';
import type { Committed, Ledger } from '../../src/datasources/reports/ports.js';
import { createPurchaseBreaker } from '../../src/datasources/reports/purchase-breaker.js';
import { createPurchase } from '../../src/datasources/reports/purchase.js';
import { createReadResponses } from '../../src/datasources/reports/read-responses.js';
import { createSharedLinks } from '../../src/datasources/reports/shared-links.js';
import type { Transition } from '../../src/datasources/reports/transition.js';
import { ApiError } from '../../src/errors.js';
import { delay } from '../../src/lib/delay.js';
import { canonicalAnswers } from '../../src/model/answers.js';
import type { ReportKey } from '../../src/model/report.js';
import { numbered } from '../fixtures/answers/answers.js';
import { BUYING } from '../fixtures/buyer.js';
import { eventually } from '../fixtures/eventually.js';
import { entryAt, LINKED } from '../fixtures/fake-ledger.js';
import { createMemoryLedger, type MemoryLedger } from '../fixtures/memory-ledger.js';
import { useServers } from '../fixtures/server/use-servers.js';

vi.mock(import('../../src/lib/delay.js'), { spy: true });

/** As many purchases have a connection at once. */
const MOST_CONNECTIONS = 32;

useServers();
beforeEach(() => {
  vi.mocked(delay).mockResolvedValue();
  onTestFinished(() => void vi.restoreAllMocks());
});

describe('the connection of a purchase', () => {
  it('is open before the ledger is told, and carries it once that has it on disk', async (context) => {
    const { upstream } = context;
    const seen: unknown[] = [];
    const { buy, ledger } = buying(context, () =>
      eventually(() => {
        expect(upstream.openConnections).toBe(1);
        seen.push([ledger.steps.length, upstream.count('submit')]);
      }),
    );
    await buy(1);
    expect(seen).toEqual([[0, 0]]);
    expect(ledger.steps).toEqual(['PAY SENDING', 'PAY SENDING', 'PAY LINKED']);
    expect(upstream.bought()).toBe(1);
    await eventually(() => expect(upstream.openConnections).toBe(0));
  });

  it('that upstream closes while the ledger takes long is replaced, and the report bought once', async (context) => {
    const { upstream } = context;
    const { buy, ledger } = buying(context, async () => {
      await upstream.stop();
      await upstream.start();
    });
    await buy(1);
    expect(ledger.steps).toEqual(['PAY SENDING', 'PAY SENDING', 'PAY LINKED']);
    expect([upstream.count('submit'), upstream.bought()]).toEqual([1, 1]);
  });

  it('that cannot be replaced either is no doubt: the purchase is taken back, and made later', async (context) => {
    const { upstream } = context;
    const { buy, ledger } = buying(context, () => upstream.stop());
    vi.mocked(delay).mockImplementationOnce(() => upstream.start());
    await buy(1);
    expect(ledger.steps).toEqual(['PAY SENDING', 'PAY INTENT', 'PAY SENDING', 'PAY SENDING', 'PAY LINKED']);
    expect([upstream.count('submit'), upstream.bought()]).toEqual([1, 1]);
  });

  it('that is never made is nothing to the ledger, counts as an attempt, and as a failure once given up', async (context) => {
    const { upstream } = context;
    const { buy, ledger, breaker, reads } = buying(context);
    await buy(0);
    await upstream.stop();
    const [steps, readBefore] = [ledger.steps.length, reads()];
    for (const number of [1, 2, 3, 4, 5]) {
      expect(breaker.isOpen()).toBe(false);
      await buy(number);
    }
    expect(delay).toHaveBeenCalledTimes(5 * 4);
    expect(ledger.steps.slice(steps)).toEqual(Array.from({ length: 5 }, () => 'PAY ABSENT'));
    expect(ledger.entry('5', 'PAY')).toMatchObject({ failure: { message: 'Jobalyzer cannot be reached.' } });
    // After each attempt it is seen whether a late response has come; before it is given up, what there is, and so after it.
    expect(reads() - readBefore).toBe(5 * (5 + 2));
    expect(breaker.isOpen()).toBe(true);
    await upstream.start();
  });

  it.for<[string, During, string[]]>([
    [
      'the ledger cannot be written',
      () => Promise.reject(new ApiError('STORE_UNAVAILABLE', 'The disk is full.')),
      ['PAY ABSENT'],
    ],
    [
      'buying has been stopped',
      async (_, steps) => steps.map(({ before }) => ({ won: false, entry: before, refused: { reason: 'stopped' } })),
      ['PAY ABSENT'],
    ],
    ['a late response has come', async ({ put }) => put(REPORT, entryAt(9, LINKED, { reportId: REPORT.id })), []],
    [
      'another process may have taken it over',
      async ({ allow }) => allow(false),
      ['PAY SENDING', 'PAY INTENT', 'PAY ABSENT'],
    ],
  ])('is closed without a byte if %s meanwhile', async ([, during, steps], context) => {
    const { upstream } = context;
    const { buy, ledger } = buying(context, during);
    await buy(1);
    expect(ledger.steps).toEqual(steps);
    await eventually(() => expect(upstream.openConnections).toBe(0));
    expect(upstream.count('submit')).toBe(0);
  });

  it('of a server that stops while the ledger is being told carries the purchase all the same', async (context) => {
    const { upstream } = context;
    const { buy, ledger, stop } = buying(context, async () => stop());
    await buy(1);
    expect(ledger.entry('1', 'PAY').state).toBe('LINKED');
    expect([upstream.count('submit'), upstream.bought()]).toEqual([1, 1]);
  });

  it('is one of a bounded number, however many purchases the ledger is being told of', async (context) => {
    const { upstream } = context;
    const held = Promise.withResolvers<void>();
    const { buy } = buying(context, ...Array.from({ length: 40 }, () => () => held.promise));
    const bought = Array.from({ length: 40 }, (_, number) => buy(number));
    await eventually(() => expect(upstream.openConnections).toBe(MOST_CONNECTIONS));
    held.resolve();
    await Promise.all(bought);
    expect(upstream.bought()).toBe(40);
    await eventually(() => expect(upstream.openConnections).toBe(0));
  });
});

/** What happens while the ledger is being told that something is being sent; instead of that, if it resolves to something. */
type During = (ledger: MemoryLedger, steps: readonly Transition[]) => Promise<readonly Committed[] | void>;

const REPORT = reportOf(1);

function reportOf(number: number): ReportKey {
  return {
    id: `${number}`,
    request: { autoResolveJobTitle: true, answers: canonicalAnswers(numbered(number), 'answers') },
  };
}

/** Purchases of a real client, with a ledger in memory. */
function buying({ upstream, atEnd }: TestContext, ...during: During[]) {
  const stopping = new AbortController();
  const memory = createMemoryLedger();
  const read = vi.fn<Ledger['read']>(memory.ledger.read);
  const ledger: Ledger = {
    ...memory.ledger,
    read,
    async commit(report, steps) {
      const isSent = steps.some(({ before, after }) => before.state === 'INTENT' && after.state === 'SENDING');
      const instead = isSent ? await during.shift()?.(memory, steps) : undefined;
      return instead ?? memory.ledger.commit(report, steps);
    },
  };
  const log = pino({ level: 'silent' });
  const { url, options } = upstream;
  const client = createJobalyzerClient(
    {
      apiUrl: url,
      authUrl: url,
      apiVersion: 'v1',
      clientId: options.clientId,
      clientSecret: () => options.clientSecret,
      customerId: options.customerId,
    },
    log,
  );
  atEnd(() => client.close());
  const commit = createCommit(ledger, new AbortController().signal, log);
  const queue = { start: () => undefined, schedule: () => undefined, close: () => Promise.resolve() };
  const settings = { rejectedTtlMs: 60_000 };
  const readResponses = createReadResponses(client, commit, queue, createSharedLinks(ledger, log), settings);
  const breaker = createPurchaseBreaker();
  const purchase = createPurchase({
    ledger,
    client,
    commit,
    readResponses,
    breaker,
    buying: BUYING,
    settings,
    stopping: stopping.signal,
  });
  return {
    ledger: memory,
    breaker,
    reads: () => read.mock.calls.length,
    stop: () => stopping.abort(new Error('The server is stopping.')),
    buy(number: number): Promise<void> {
      const report = reportOf(number);
      const claimed = [entryAt(1, { state: 'INTENT', doubt: null }, { reportId: report.id })];
      memory.put(report, ...claimed);
      return purchase(report, claimed);
    },
  };
}
