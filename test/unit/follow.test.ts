import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReportType, StatusEvent, ReportKey } from '../../src/model/report.js';
import { BUYER } from '../fixtures/buyer.js';
import { createFollowing, followReport } from '../../src/datasources/reports/follow.js';
import { absent, entryOf, type Entry, type EntryIn } from '../../src/datasources/reports/ledger.js';
import { next } from '../../src/datasources/reports/next.js';
import type { LedgerEvent } from '../../src/datasources/reports/ledger-events.js';
import { statusOf } from '../../src/datasources/reports/status.js';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import type { Usage } from '../../src/datasources/reports/usage.js';
import { createWatcher } from '../../src/datasources/reports/watch.js';

const TYPES: readonly ReportType[] = ['PAY', 'YOE'];
const FAILURE = { code: 'UPSTREAM_UNAVAILABLE', message: 'Jobalyzer cannot be reached.' } as const;
const ENDED = { code: 'REPORT_FAILED', message: 'Jobalyzer could not produce this report.' } as const;
const LATER = Date.now() + 3_600_000;
const REPORT: ReportKey = {
  id: 'r',
  request: { answers: {}, autoResolveJobTitle: true } as unknown as ReportKey['request'],
};

/** A ledger that is controlled by the test and responds after a number of microtask turns. */
class StagedLedger {
  readonly listeners = new Set<(entry: Entry) => void>();
  subscriptions = 0;
  entries: Entry[] = [];
  known = true;

  /** `lag`: the number of turns by which notifications are delayed, as over a network. */
  constructor(
    readonly turns: number = 0,
    readonly lag: number = 0,
  ) {}

  get ledger(): Ledger {
    return {
      subscribe: async (_id: string, listener: (entry: Entry) => void) => {
        await this.#pause(this.turns);
        this.subscriptions += 1;
        this.listeners.add(listener);
        return () => void this.listeners.delete(listener);
      },
      read: async () => {
        const seen = this.known ? { ...REPORT, entries: [...this.entries] } : null;
        await this.#pause(this.turns);
        return seen;
      },
    } as unknown as Ledger;
  }

  now(type: ReportType): Entry {
    return entryOf(this.entries, REPORT.id, type);
  }

  set(entry: Entry): void {
    this.entries = [...this.entries.filter(({ type }) => type !== entry.type), entry];
    if (this.lag === 0) this.#tell(entry);
    else void this.#pause(this.lag).then(() => this.#tell(entry));
  }

  happen(type: ReportType, event: LedgerEvent): void {
    const after = next(this.now(type), event, Date.now());
    if (!after) throw new Error(`${event.kind} cannot happen to what is ${this.now(type).state}.`);
    this.set(after);
  }

  #tell(entry: Entry): void {
    for (const listener of [...this.listeners]) listener(entry);
  }

  async #pause(turns: number): Promise<void> {
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
  }
}

const LIFE = {
  claim: { kind: 'claim', doubtsUntil: null, charge: { client: 'anonymous', day: '1970-01-01', limit: null } },
  send: { kind: 'send' },
  refused: { kind: 'not-accepted' },
  giveUp: { kind: 'give-up', failure: FAILURE },
  response: { kind: 'response', body: '{}' },
  link: { kind: 'link', link: '/l', warnings: [] },
  lose: { kind: 'lose', failure: FAILURE },
  reject: { kind: 'reject', failure: ENDED, expiresAt: LATER },
  collect: { kind: 'collect', body: '{}', rating: 1, expiresAt: LATER },
  end: { kind: 'end', failure: ENDED, expiresAt: LATER },
} as const satisfies Record<string, LedgerEvent>;

/** The events of one type, from absent to its end; `'poll'` is a poll without a result. */
type Happening = LedgerEvent | 'poll';
const lives: fc.Arbitrary<Happening[]> = fc
  .record({ refusals: fc.nat(2), polls: fc.nat(4), end: fc.constantFrom('collect', 'end', 'lose', 'reject', 'giveUp') })
  .map(({ refusals, polls, end }): Happening[] => {
    const attempts = Array.from({ length: refusals }, () => [LIFE.send, LIFE.refused]).flat();
    if (end === 'giveUp') return [LIFE.claim, ...attempts, LIFE.giveUp];
    if (end === 'lose') return [LIFE.claim, ...attempts, LIFE.send, LIFE.lose];
    if (end === 'reject') return [LIFE.claim, ...attempts, LIFE.send, LIFE.response, LIFE.reject];
    const collecting = Array.from({ length: polls }, () => 'poll' as const);
    return [LIFE.claim, ...attempts, LIFE.send, LIFE.response, LIFE.link, ...collecting, LIFE[end]];
  });

function apply(staged: StagedLedger, type: ReportType, happening: Happening): void {
  if (happening !== 'poll') return staged.happen(type, happening);
  const linked = staged.now(type) as EntryIn<'LINKED'>;
  staged.set({ ...linked, attempt: linked.attempt + 1, retryAfterMs: 100, at: Date.now() });
}

const brief = ({ type, status, attempt }: StatusEvent): string => `${type} ${status} ${attempt}`;

/** The statuses of a type after each of its events, without repetitions. */
function stations(type: ReportType, life: readonly Happening[]): string[] {
  const staged = new StagedLedger();
  const seen: string[] = [`${type} NOT_REQUESTED 0`];
  for (const happening of life) {
    apply(staged, type, happening);
    const entry = staged.now(type);
    const attempt = 'attempt' in entry ? entry.attempt : 0;
    const status = entry.state === 'ABSENT' ? 'FAILED' : statusOf(entry, Date.now());
    const station = `${type} ${status} ${attempt}`;
    if (seen.at(-1) !== station) seen.push(station);
  }
  return seen;
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('following a report', () => {
  it('sends a snapshot and then every step of each type, whenever a subscriber joins', async () => {
    const plan = fc.record({
      pay: lives,
      yoe: lives,
      merge: fc.infiniteStream(fc.boolean()),
      joins: fc.array(fc.record({ at: fc.nat(30), wait: fc.nat(12) }), { minLength: 1, maxLength: 6 }),
      pauses: fc.infiniteStream(fc.nat(3)),
      turns: fc.nat(4),
      lag: fc.nat(20),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ pay, yoe, merge, joins, pauses, turns, lag }) => {
        const staged = new StagedLedger(turns, lag);
        const watcher = createWatcher(staged.ledger);
        const told: StatusEvent[][] = [];
        const readers: Promise<void>[] = [];
        const join = async (wait: number): Promise<void> => {
          for (let spent = 0; spent < wait; spent++) await Promise.resolve();
          const mine: StatusEvent[] = [];
          told.push(mine);
          for await (const event of await followReport(watcher, REPORT.id, TYPES, { ensured: false })) mine.push(event);
        };
        const left = { PAY: [...pay], YOE: [...yoe] };
        for (let step = 0; left.PAY.length + left.YOE.length > 0; step++) {
          for (const { at, wait } of joins) if (at === step) readers.push(join(wait));
          for (let spent = pauses.next().value as number; spent > 0; spent--) await Promise.resolve();
          const type = left.YOE.length === 0 || (merge.next().value && left.PAY.length > 0) ? 'PAY' : 'YOE';
          apply(staged, type, left[type].shift() as Happening);
        }
        await turn();
        const lifeOf = { PAY: stations('PAY', pay), YOE: stations('YOE', yoe) };
        for (const events of told) {
          expect(events.slice(0, 2).map(({ type }) => type)).toEqual(['PAY', 'YOE']);
          for (const type of TYPES) {
            const own = events.filter((event) => event.type === type).map(brief);
            const whole = lifeOf[type];
            // By id, a report that was given up is NOT_REQUESTED for a later subscriber.
            const late = whole.at(-1) === `${type} FAILED 0` && own.length === 1 && own[0] === whole[0];
            expect(own).toEqual(late ? own : whole.slice(whole.indexOf(own[0] as string)));
          }
        }
        // A subscriber by id that joined after it was given up keeps waiting for a purchase.
        const isOver = (events: StatusEvent[], type: ReportType): boolean =>
          events.some((event) => event.type === type && (event.status === 'READY' || event.status === 'FAILED'));
        const over = told.every((events) => TYPES.every((type) => isOver(events, type)));
        if (over) await Promise.all(readers);
        expect([watcher.size, staged.listeners.size]).toEqual(over ? [0, 0] : [1, 1]);
      }),
      { numRuns: 400 },
    );
  });

  it('sends nothing stale or twice when several steps happen before the snapshot is sent', async () => {
    const steps: Happening[] = [LIFE.send, LIFE.response, LIFE.link, 'poll', 'poll', LIFE.collect];
    const whole = ['PAY SUBMITTING 0', 'PAY PENDING 0', 'PAY PENDING 1', 'PAY PENDING 2', 'PAY READY 3'];
    for (let moment = 0; moment < 12; moment++) {
      for (let atOnce = 1; atOnce < steps.length; atOnce++) {
        const staged = new StagedLedger();
        const watcher = createWatcher(staged.ledger);
        staged.happen('PAY', LIFE.claim);
        const present = await followReport(watcher, REPORT.id, ['PAY'], { ensured: true });
        const coming = followReport(watcher, REPORT.id, ['PAY'], { ensured: true });
        for (let spent = 0; spent < moment; spent++) await Promise.resolve();
        for (const step of steps.slice(0, atOnce)) apply(staged, 'PAY', step);
        const follower = await coming;
        for (const step of steps.slice(atOnce)) apply(staged, 'PAY', step);
        const told: string[] = [];
        for await (const event of follower) told.push(brief(event));
        expect(told, `${atOnce} at moment ${moment}`).toEqual(whole.slice(whole.indexOf(told[0] as string)));
        await present.return?.();
      }
    }
  });

  it('sends the same event object to all subscribers, so that it is executed once', async () => {
    const staged = new StagedLedger();
    const watcher = createWatcher(staged.ledger);
    staged.happen('PAY', LIFE.claim);
    const followers = await Promise.all(
      Array.from({ length: 3 }, () => followReport(watcher, REPORT.id, ['PAY'], { ensured: true })),
    );
    for (const follower of followers) await follower.next();
    for (const event of [LIFE.send, LIFE.response, LIFE.link]) staged.happen('PAY', event);
    const heard = await Promise.all(followers.map((follower) => follower.next()));
    expect(heard.map(({ value }) => (value as StatusEvent).status)).toEqual(['PENDING', 'PENDING', 'PENDING']);
    expect(new Set(heard.map(({ value }) => value as StatusEvent)).size).toBe(1);
    for (const follower of followers) await follower.return?.();
  });

  it('subscribes to the ledger once for all subscribers, and unsubscribes with the last', async () => {
    const staged = new StagedLedger(2);
    const watcher = createWatcher(staged.ledger);
    staged.happen('PAY', LIFE.claim);
    const followers = await Promise.all(
      Array.from({ length: 50 }, () => followReport(watcher, REPORT.id, TYPES, { ensured: false })),
    );
    expect([staged.subscriptions, watcher.size]).toEqual([1, 1]);
    const last = followers.pop();
    for (const follower of followers) await follower.return?.();
    expect([staged.listeners.size, watcher.size]).toEqual([1, 1]);
    await last?.return?.();
    expect([staged.listeners.size, watcher.size]).toEqual([0, 0]);
    expect(await last?.next()).toEqual({ value: undefined, done: true });
  });

  it('ends with the last type, and releases the report before the end is read', async () => {
    const staged = new StagedLedger();
    const watcher = createWatcher(staged.ledger);
    for (const event of [LIFE.claim, LIFE.send, LIFE.response, LIFE.link]) staged.happen('PAY', event);
    const follower = await followReport(watcher, REPORT.id, ['PAY'], { ensured: false });
    expect(await follower.next()).toMatchObject({ value: { status: 'PENDING' } });
    const waiting = [follower.next(), follower.next()];
    staged.happen('PAY', LIFE.collect);
    expect(await Promise.all(waiting)).toMatchObject([{ value: { status: 'READY' } }, { done: true }]);
    expect([staged.listeners.size, watcher.size]).toEqual([0, 0]);
  });

  it('cuts off a subscriber that does not read, and releases the report', async () => {
    const staged = new StagedLedger();
    const watcher = createWatcher(staged.ledger);
    for (const event of [LIFE.claim, LIFE.send, LIFE.response, LIFE.link]) staged.happen('PAY', event);
    const follower = await followReport(watcher, REPORT.id, ['PAY'], { ensured: false });
    for (let poll = 0; poll < 1_000; poll++) apply(staged, 'PAY', 'poll');
    expect([staged.listeners.size, watcher.size]).toEqual([0, 0]);
    await expect(follower.next()).rejects.toThrow('behind');
    expect(await follower.next()).toMatchObject({ done: true });
  });

  it('sends READY and ends if the report expires between ensuring it and following it', async () => {
    const staged = new StagedLedger();
    const watcher = createWatcher(staged.ledger);
    for (const event of [LIFE.claim, LIFE.send, LIFE.response, LIFE.link]) staged.happen('PAY', event);
    staged.happen('PAY', { ...LIFE.collect, expiresAt: Date.now() - 1 });
    const ensured = await followReport(watcher, REPORT.id, ['PAY'], { ensured: true });
    expect(await ensured.next()).toMatchObject({ value: { status: 'READY' } });
    expect(await ensured.next()).toMatchObject({ done: true });
    const known = await followReport(watcher, REPORT.id, ['PAY'], { ensured: false });
    expect(await known.next()).toMatchObject({ value: { status: 'NOT_REQUESTED' } });
  });

  it('is NOT_FOUND for an unknown report, without a leftover subscription', async () => {
    const staged = new StagedLedger(1);
    staged.known = false;
    const watcher = createWatcher(staged.ledger);
    await expect(followReport(watcher, REPORT.id, TYPES, { ensured: false })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect([staged.listeners.size, watcher.size]).toEqual([0, 0]);
  });

  it('finds a report that was bought while an earlier lookup of it is still failing', async () => {
    // A read that began before the purchase resolves after it, as it can over a network.
    const staged = new StagedLedger(20);
    staged.known = false;
    const watcher = createWatcher(staged.ledger);
    const stranger = followReport(watcher, REPORT.id, TYPES, { ensured: false });
    stranger.catch(() => undefined);
    for (let spent = 0; spent < 30; spent++) await Promise.resolve();
    staged.known = true;
    staged.happen('PAY', LIFE.claim);
    const buyer = await followReport(watcher, REPORT.id, ['PAY'], { ensured: true });
    expect(await buyer.next()).toMatchObject({ value: { status: 'SUBMITTING' } });
  });

  it('passes a ledger error to every subscriber, and retries for the next one', async () => {
    const staged = new StagedLedger();
    let reachable = false;
    const watcher = createWatcher({
      ...staged.ledger,
      read: (id) => (reachable ? staged.ledger.read(id) : Promise.reject(new Error('out of reach'))),
    });
    const all = Array.from({ length: 3 }, () => followReport(watcher, REPORT.id, TYPES, { ensured: false }));
    for (const each of all) await expect(each).rejects.toThrow('out of reach');
    expect([staged.listeners.size, watcher.size]).toEqual([0, 0]);
    reachable = true;
    staged.set({ ...absent(REPORT.id, 'PAY'), version: 1 });
    const follower = await followReport(watcher, REPORT.id, ['PAY'], { ensured: false });
    expect(await follower.next()).toMatchObject({ value: { status: 'NOT_REQUESTED' } });
  });
});

describe('usage', () => {
  it('counts what a subscriber receives without having bought it', async () => {
    const staged = new StagedLedger();
    for (const type of TYPES)
      for (const event of [LIFE.claim, LIFE.send, LIFE.response, LIFE.link]) staged.happen(type, event);
    const saved: number[] = [];
    const usage = { countSaved: (reports: number) => saved.push(reports) } as unknown as Usage;
    const following = createFollowing(
      createWatcher(staged.ledger),
      { ensure: async () => ({ bought: ['PAY'], refused: new Map() }) },
      usage,
    );
    const followers = [await following.follow(REPORT, TYPES, BUYER), await following.followKnown(REPORT.id, ['PAY'])];
    for (const type of TYPES) staged.happen(type, LIFE.collect);
    for (const follower of followers) for await (const event of follower) void event;
    // PAY: bought by the first, saved for the second. YOE: in progress before, so saved for the first.
    expect(saved.reduce((sum, count) => sum + count, 0)).toBe(2);
  });
});
