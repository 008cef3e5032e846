import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry, State } from '../../src/datasources/reports/ledger.js';
import { createWatcher } from '../../src/datasources/reports/watch.js';
import type { Change } from '../../src/datasources/reports/watched.js';
import type { ReportKey } from '../../src/model/report.js';
import { createFakeLedger, entryAt } from '../fixtures/fake-ledger.js';

const INTENT: State = { state: 'INTENT', doubt: null };
const SENDING: State = { state: 'SENDING', response: null, doubt: null };
const polled = (attempt: number): State => ({
  state: 'LINKED',
  link: '/jobalyzer/x',
  warnings: [],
  attempt,
  faults: 0,
  nextPollAt: null,
  retryAfterMs: null,
});

describe('a watched report', () => {
  it('starts from the current entries and announces each change once and in order', async () => {
    const { fake, watcher, heard } = watching();
    fake.store(entryAt(1, INTENT));
    const watch = await watcher.watch('r', heard.hear);
    expect(watch?.entry('PAY')).toEqual(entryAt(1, INTENT));
    expect(watch?.entry('YOE')).toMatchObject({ state: 'ABSENT', version: 0 });
    fake.announce(entryAt(2, SENDING), entryAt(3, polled(0)), entryAt(3, polled(1)));
    expect(heard.sights).toEqual(['PAY 2', 'PAY 3', 'PAY 3 poll 1']);
    expect(watch?.entry('PAY')).toEqual(entryAt(3, polled(1)));
  });

  it('is seen through its id again once the ledger can be read, for whoever watches it already and for who comes then', async () => {
    const { fake, watcher, heard } = watching();
    fake.store(entryAt(1, INTENT), entryAt(2, SENDING, { reportId: 'other' }));
    const first = await watcher.watch('r', heard.hear);
    fake.fail('read', new Error('The disk is gone.'));
    fake.announce(entryAt(2, { state: 'ALIAS', standsFor: 'other' }));
    await ticks();
    await expect(watcher.watch('r', heard.hear)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    fake.fail('read', null);
    const second = await watcher.watch('r', heard.hear);
    for (const watch of [first, second]) {
      expect(watch?.entry('PAY')).toEqual(entryAt(2, SENDING, { reportId: 'other' }));
      watch?.close();
    }
    expect(fake.subscriptions).toBe(0);
  });

  it('waits for no report that waits for it: what it stood for stands for it when that is read', async () => {
    const { fake, watcher, heard } = watching();
    const standsFor = (version: number, reportId: string, other: string) =>
      (['PAY', 'YOE'] as const).map((type) =>
        entryAt(version, { state: 'ALIAS', standsFor: other }, { reportId, type }),
      );
    fake.store(...standsFor(1, 'r', 'other'), entryAt(1, INTENT, { reportId: 'other' }));
    const own = fake.hold('read');
    const opening = watcher.watch('r', heard.hear);
    await ticks();
    const others = fake.hold('read');
    own.release();
    await ticks();
    expect(fake.reads, 'the other is being read').toBe(2);
    const now = [entryAt(2, SENDING), entryAt(2, { state: 'ABSENT', failure: null }, { type: 'YOE' })];
    fake.store(...now, ...standsFor(2, 'other', 'r'));
    fake.announce(...now);
    others.release();

    const watch = await Promise.race([opening, fiveSeconds('still waiting')]);
    expect(watch).not.toBe('still waiting');
    expect((await opening)?.entry('PAY')).toEqual(entryAt(2, SENDING));
    const other = await watcher.watch('other', heard.hear);
    expect(other?.entry('PAY')).toEqual(entryAt(2, SENDING));
    (await opening)?.close();
    other?.close();
    expect(fake.subscriptions).toBe(0);
  });

  it('does not announce repeated or older entries', async () => {
    const { fake, watcher, heard } = watching();
    fake.store(entryAt(2, SENDING));
    await watcher.watch('r', heard.hear);
    fake.announce(
      entryAt(1, INTENT),
      entryAt(2, SENDING),
      entryAt(3, polled(1)),
      entryAt(3, polled(0)),
      entryAt(2, SENDING),
    );
    expect(heard.sights).toEqual(['PAY 3 poll 1']);
  });

  it('does not miss or repeat a change that is announced during the initial read', async () => {
    const { fake, watcher, heard } = watching();
    fake.store(entryAt(1, INTENT), entryAt(1, INTENT, { type: 'YOE' }));
    const reading = fake.hold('read');
    const opening = watcher.watch('r', heard.hear);
    await ticks();
    fake.store(entryAt(2, SENDING));
    fake.announce(entryAt(2, SENDING));
    fake.announce(entryAt(2, SENDING, { type: 'YOE' }));
    reading.release();
    const watch = await opening;
    // PAY 2 was both read and announced, YOE 2 only announced: both are current, and neither is announced again.
    expect(watch?.entry('PAY').version).toBe(2);
    expect(watch?.entry('YOE').version).toBe(2);
    fake.announce(entryAt(2, SENDING), entryAt(3, polled(0)));
    expect(heard.sights).toEqual(['PAY 3']);
  });

  it.each([0, 1, 2, 3, 4, 5, 6])(
    'does not miss or repeat a change %i microtasks after a watcher joins',
    async (microtasks) => {
      const { fake, watcher, heard } = watching();
      fake.store(entryAt(1, INTENT));
      await watcher.watch('r', () => undefined);
      const joined = watcher.watch('r', heard.hear).then((watch) => sightOf(watch?.snapshot.PAY as Entry));
      for (let passed = 0; passed < microtasks; passed++) await Promise.resolve();
      fake.announce(entryAt(2, SENDING));
      const story = [await joined, ...heard.sights];
      expect(story.filter((sight) => sight === 'PAY 2')).toHaveLength(1);
    },
  );

  it('tracks its types separately', async () => {
    const { fake, watcher, heard } = watching();
    fake.store(entryAt(5, SENDING), entryAt(1, INTENT, { type: 'YOE' }));
    await watcher.watch('r', heard.hear);
    fake.announce(entryAt(2, SENDING, { type: 'YOE' }));
    expect(heard.sights).toEqual(['YOE 2']);
  });

  it('ends with the current entry for every watcher, without repetitions', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('change', 'poll', 'repeat', 'follow', 'pause'), { maxLength: 40 }),
        async (acts) => {
          const { fake, watcher } = watching();
          let current = entryAt(1, polled(0));
          fake.store(current);
          const followers: { first: Promise<string>; heard: string[] }[] = [];
          for (const act of acts) {
            if (act === 'pause') await ticks();
            else if (act === 'follow') {
              const heard: string[] = [];
              const opening = watcher.watch('r', ({ entry }) => heard.push(sightOf(entry)));
              followers.push({ first: opening.then((watch) => sightOf(watch?.entry('PAY') as Entry)), heard });
            } else {
              if (act === 'change') current = entryAt(current.version + 1, polled(0));
              if (act === 'poll')
                current = entryAt(current.version, polled(('attempt' in current ? current.attempt : 0) + 1));
              fake.store(current);
              fake.announce(current);
            }
          }
          await ticks();
          for (const { first, heard } of followers) {
            const story = [await first, ...heard];
            expect(story.at(-1)).toBe(sightOf(current));
            expect(new Set(story).size).toBe(story.length);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('many watchers of one report', () => {
  it('share one subscription and one read, and receive the same', async () => {
    const { fake, watcher } = watching();
    fake.store(entryAt(1, INTENT));
    const sights: string[] = [];
    await Promise.all(
      Array.from({ length: 100 }, () => watcher.watch('r', ({ entry }) => sights.push(sightOf(entry)))),
    );
    expect([fake.reads, fake.subscriptions, watcher.size]).toEqual([1, 1, 1]);
    fake.announce(entryAt(2, SENDING));
    expect(sights).toEqual(Array.from({ length: 100 }, () => 'PAY 2'));
  });

  it('release the subscription when the last one closes', async () => {
    const { fake, watcher, heard } = watching();
    fake.store(entryAt(1, INTENT));
    const [first, second] = await Promise.all([watcher.watch('r', heard.hear), watcher.watch('r', () => undefined)]);
    second?.close();
    expect([fake.subscriptions, watcher.size]).toEqual([1, 1]);
    expect(watcher.watches('r')).toBe(true);
    fake.announce(entryAt(2, SENDING));
    expect(heard.sights).toEqual(['PAY 2']);
    first?.close();
    expect([fake.subscriptions, watcher.size]).toEqual([0, 0]);
    expect(watcher.watches('r')).toBe(false);
  });

  it('can close twice without affecting others', async () => {
    const { fake, watcher, heard } = watching();
    fake.store(entryAt(1, INTENT));
    const leaving = await watcher.watch('r', () => undefined);
    await watcher.watch('r', heard.hear);
    leaving?.close();
    leaving?.close();
    fake.announce(entryAt(2, SENDING));
    expect(heard.sights).toEqual(['PAY 2']);
  });

  it('can share a listener', async () => {
    const { fake, watcher, heard } = watching();
    fake.store(entryAt(1, INTENT));
    const [first] = await Promise.all([watcher.watch('r', heard.hear), watcher.watch('r', heard.hear)]);
    first?.close();
    fake.announce(entryAt(2, SENDING));
    expect(heard.sights).toEqual(['PAY 2']);
  });

  it('are notified even if one closes during a notification', async () => {
    const { fake, watcher, heard } = watching();
    fake.store(entryAt(1, INTENT));
    const leaving = await watcher.watch('r', () => leaving?.close());
    await watcher.watch('r', heard.hear);
    fake.announce(entryAt(2, SENDING), entryAt(3, polled(0)));
    expect(heard.sights).toEqual(['PAY 2', 'PAY 3']);
  });

  it('are notified even if one joins during a notification, and that one only of what comes after', async () => {
    const { fake, watcher, heard } = watching();
    fake.store(entryAt(1, INTENT));
    const received: string[] = [];
    let joining: ReturnType<typeof watcher.watch> | undefined;
    await watcher.watch('r', () => {
      joining ??= watcher.watch('r', ({ entry }) => received.push(sightOf(entry)));
    });
    await watcher.watch('r', heard.hear);
    fake.announce(entryAt(2, SENDING));
    expect((await joining)?.snapshot.PAY).toEqual(entryAt(2, SENDING));
    fake.announce(entryAt(3, polled(0)));
    expect(heard.sights).toEqual(['PAY 2', 'PAY 3']);
    expect(received).toEqual(['PAY 3']);
    expect([fake.reads, fake.subscriptions]).toEqual([1, 1]);
  });

  it('see the current entry when they join after all others have closed', async () => {
    const { fake, watcher, heard } = watching();
    fake.store(entryAt(1, INTENT));
    (await watcher.watch('r', heard.hear))?.close();
    fake.store(entryAt(4, polled(0)));
    expect((await watcher.watch('r', heard.hear))?.entry('PAY').version).toBe(4);
    expect([fake.reads, fake.subscriptions]).toEqual([2, 1]);
  });

  it('have an open subscription when one joins while the last other one closes', async () => {
    const { fake, watcher, heard } = watching();
    fake.store(entryAt(1, INTENT));
    const leaving = await watcher.watch('r', () => undefined);
    const second = watcher.watch('r', heard.hear);
    leaving?.close();
    await second;
    fake.announce(entryAt(2, SENDING));
    expect(heard.sights).toEqual(['PAY 2']);
    (await second)?.close();
    expect([fake.subscriptions, watcher.size]).toEqual([0, 0]);
  });
});

describe('a report that cannot be watched', () => {
  it('is read once if it is unknown', async () => {
    const { fake, watcher } = watching();
    expect(await watcher.watch('r', () => undefined)).toBeNull();
    expect(fake.reads).toBe(1);
  });

  it('is null if unknown, and leaves no subscription', async () => {
    const { fake, watcher } = watching();
    expect(await Promise.all([watcher.watch('r', () => undefined), watcher.watch('r', () => undefined)])).toEqual([
      null,
      null,
    ]);
    expect([fake.subscriptions, watcher.size]).toEqual([0, 0]);
  });

  it.each(['read', 'subscribe'] as const)(
    'rejects for all watchers if "%s" fails, and is retried by the next',
    async (call) => {
      const { fake, watcher } = watching();
      fake.store(entryAt(1, INTENT));
      fake.fail(call, new Error('The disk is gone.'));
      const outcomes = await Promise.allSettled([
        watcher.watch('r', () => undefined),
        watcher.watch('r', () => undefined),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect([fake.subscriptions, watcher.size]).toEqual([0, 0]);
      fake.fail(call, null);
      expect(await watcher.watch('r', () => undefined)).not.toBeNull();
    },
  );
});

describe('a report that was never requested', () => {
  const REPORT = { id: 'r', request: { answers: {}, autoResolveJobTitle: true } } as unknown as ReportKey;

  it('is watched by whoever says what it would be, and is heard of when it is requested', async () => {
    const { fake, watcher, heard } = watching();
    const watch = await watcher.watch('r', heard.hear, REPORT);
    expect(watch?.report).toEqual(REPORT);
    expect(watch?.snapshot).toMatchObject({ PAY: { state: 'ABSENT' }, YOE: { state: 'ABSENT' } });
    fake.announce(entryAt(1, INTENT));
    expect(heard.sights).toEqual(['PAY 1']);
    watch?.close();
    expect([watcher.size, fake.subscriptions]).toEqual([0, 0]);
  });

  it('stays unknown to others meanwhile, and is known to them once it is requested', async () => {
    const { fake, watcher, heard } = watching();
    await watcher.watch('r', heard.hear, REPORT);
    expect(await watcher.watch('r', heard.hear)).toBeNull();
    // Announced later than it can be read, as over a network.
    fake.store(entryAt(1, INTENT));
    const known = await watcher.watch('r', () => undefined);
    expect(known?.entry('PAY')).toEqual(entryAt(1, INTENT));
    fake.announce(entryAt(1, INTENT));
    expect(heard.sights).toEqual(['PAY 1']);
  });

  it('is watched although others, who do not know what it would be, are looking for it', async () => {
    const { fake, watcher, heard } = watching();
    const reading = fake.hold('read');
    const strangers = [watcher.watch('r', () => undefined), watcher.watch('r', () => undefined)];
    const own = watcher.watch('r', heard.hear, REPORT);
    reading.release();
    expect((await own)?.report).toEqual(REPORT);
    await Promise.all(strangers);
    fake.announce(entryAt(1, INTENT));
    expect(heard.sights).toEqual(['PAY 1']);
  });
});

describe('a watched report whose ledger notifies late', () => {
  it('announces a noticed entry to all watchers, and not again when the ledger notifies', async () => {
    const { fake, watcher, heard } = watching();
    fake.store(entryAt(2, SENDING));
    await watcher.watch('r', heard.hear);
    fake.store(entryAt(3, polled(0)));
    watcher.notice(entryAt(3, polled(0)));
    const later = await watcher.watch('r', () => undefined);
    expect(later?.snapshot.PAY).toEqual(entryAt(3, polled(0)));
    expect(heard.sights).toEqual(['PAY 3']);
    fake.announce(entryAt(3, polled(0)));
    expect(heard.sights).toEqual(['PAY 3']);
  });

  it('ignores older noticed entries and unwatched reports', async () => {
    const { fake, watcher, heard } = watching();
    watcher.notice(entryAt(9, SENDING));
    fake.store(entryAt(2, SENDING));
    const watch = await watcher.watch('r', heard.hear);
    watcher.notice(entryAt(1, INTENT));
    await ticks();
    expect([watch?.entry('PAY').version, heard.sights]).toEqual([2, []]);
  });
});

describe('a listener that throws', () => {
  it('is reported and does not prevent notifying others', async () => {
    const fake = createFakeLedger();
    const errors: unknown[] = [];
    const watcher = createWatcher(fake.ledger, (error) => errors.push(error));
    fake.store(entryAt(1, INTENT));
    const failure = new Error('A listener failed.');
    const versions: number[] = [];
    await watcher.watch('r', () => {
      throw failure;
    });
    await watcher.watch('r', ({ entry }) => versions.push(entry.version));
    fake.announce(entryAt(2, SENDING), entryAt(3, polled(0)));
    expect(versions).toEqual([2, 3]);
    expect(errors).toEqual([failure, failure]);
  });
});

function watching() {
  const fake = createFakeLedger();
  const sights: string[] = [];
  const heard = { sights, hear: ({ entry }: Change) => void sights.push(sightOf(entry)) };
  return { fake, watcher: createWatcher(fake.ledger), heard };
}

function sightOf(entry: Entry): string {
  const poll = entry.state === 'LINKED' && entry.attempt > 0 ? ` poll ${entry.attempt}` : '';
  return `${entry.type} ${entry.version}${poll}`;
}

const fiveSeconds = <T>(value: T) => new Promise<T>((resolve) => setTimeout(resolve, 5_000, value).unref());

async function ticks(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
