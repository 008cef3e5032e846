import { describe, expect, it, onTestFinished } from 'vitest';
import type { PurchaseCheck } from '../../src/datasources/answers/purchase-check.js';
import { aliasOf } from '../../src/datasources/reports/alias-state.js';
import { createClaims } from '../../src/datasources/reports/claim.js';
import { absent, type Entry } from '../../src/datasources/reports/ledger.js';
import type { LedgerEvent } from '../../src/datasources/reports/ledger-events.js';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import { createWatcher } from '../../src/datasources/reports/watch.js';
import type { ReportKey } from '../../src/model/report.js';
import { inNewDirectory } from '../contract/embedded.js';
import {
  bring,
  CLAIM,
  CLOSE,
  COLLECT,
  current,
  LINK_FOUND,
  newReport,
  REJECT,
  RESPONSE,
  SEND,
  stepOf,
} from '../contract/steps.js';
import { BUYER } from '../fixtures/buyer.js';

const LATE: LedgerEvent = { kind: 'response', purchaseId: 'of-another-process', body: '{}' };
const LATE_LINK = { ...LINK_FOUND, purchaseId: 'of-another-process' } as LedgerEvent;

describe('a report that is asked for in another spelling', () => {
  it('is claimed from the entries of the report that it is bought as, whatever the spelling in between has of its own', async () => {
    const ledger = await opening();
    const [asked, between, bought] = [newReport(), newReport(), newReport()];
    const inFlight = await bring(ledger, bought, [CLAIM, SEND, RESPONSE]);
    await standFor(ledger, between, bought);
    // Of one type it does not stand for anything any more: a late response made that its own, which then expired.
    const own = await bring(ledger, between, [LATE, { ...CLOSE, expiresAt: 1 } as LedgerEvent]);
    expect([own.state, own.version]).toEqual(['FAILED', inFlight.version]);
    await bring(ledger, bought, [CLAIM], { type: 'YOE' });

    const claimed = await claiming(ledger, between)(asked, ['PAY']);
    expect(claimed).toEqual([]);
    expect(await current(ledger, bought)).toEqual(inFlight);
    expect(await current(ledger, between)).toEqual(own);
    expect(aliasOf((await ledger.read(asked.id))?.entries ?? [])).toBe(bought.id);
  });

  it.each([
    ['has expired', async () => undefined],
    ['was pruned', (ledger: Ledger) => ledger.prune(Date.now(), Date.now())],
  ])(
    'is not bought again where what it had of its own %s, and what it stands for is stored',
    async (_, pass: (ledger: Ledger) => Promise<void>) => {
      const ledger = await opening();
      const [asked, bought] = [newReport(), newReport()];
      const inFlight = await bring(ledger, bought, [CLAIM, SEND, RESPONSE]);
      await bring(ledger, bought, [CLAIM, SEND, RESPONSE], { type: 'YOE' });
      await standFor(ledger, asked, bought);
      await bring(ledger, asked, [LATE, LATE_LINK, { ...COLLECT, expiresAt: 1 } as LedgerEvent]);
      await pass(ledger);

      expect(await claiming(ledger, bought)(asked, ['PAY'])).toEqual([]);
      expect(await current(ledger, bought)).toEqual(inFlight);
      const entries = (await ledger.read(asked.id))?.entries ?? [];
      expect(entries.map(({ type, state }) => `${type} ${state}`).sort()).toEqual(['PAY ALIAS', 'YOE ALIAS']);
    },
  );

  it('is not bought again where it has its own, whatever it stands for of the other type', async () => {
    const ledger = await opening();
    const [asked, bought] = [newReport(), newReport()];
    await bring(ledger, bought, [CLAIM, SEND, RESPONSE], { type: 'YOE' });
    await standFor(ledger, asked, bought);
    const own = await bring(ledger, asked, [LATE]);

    expect(await claiming(ledger, bought)(asked, ['PAY', 'YOE'])).toEqual([]);
    expect(await current(ledger, asked)).toEqual(own);
  });

  it('is bought in upstream’s spelling of today, not as what that once stood for and has expired', async () => {
    const ledger = await opening();
    const [asked, corrected, former] = [newReport(), newReport(), newReport()];
    await standFor(ledger, corrected, former);
    await bring(ledger, former, [CLAIM, SEND, { ...REJECT, expiresAt: 1 } as LedgerEvent]);

    const [claimed] = await claiming(ledger, corrected)(asked, ['PAY']);
    expect(claimed).toMatchObject({ reportId: corrected.id, type: 'PAY', state: 'INTENT' });
    expect(aliasOf((await ledger.read(corrected.id))?.entries ?? [])).toBeNull();
    expect(aliasOf((await ledger.read(asked.id))?.entries ?? [])).toBe(corrected.id);
  });
});

async function opening(): Promise<Ledger> {
  const opened = await inNewDirectory()();
  onTestFinished(() => opened.close());
  return opened.backend.ledger;
}

async function standFor(ledger: Ledger, report: ReportKey, { id: standsFor, ...bought }: ReportKey): Promise<void> {
  const steps = (['PAY', 'YOE'] as const).map((type) =>
    stepOf(absent(report.id, type), { kind: 'stand-for', standsFor }),
  );
  const { aliases } = await ledger.commitAs({ id: standsFor, ...bought }, [], { report, steps });
  expect(aliases).toHaveLength(2);
}

/** Asks for reports whose answers are corrected to those of this one. Resolves to what is bought. */
function claiming(ledger: Ledger, corrected: ReportKey) {
  const check: PurchaseCheck = async () => ({ request: corrected.request, warnings: [], refusal: null });
  const bought: Entry[] = [];
  const now = (): number => Date.now();
  const claims = createClaims({
    ledger,
    check,
    watcher: createWatcher(ledger),
    cache: { has: () => false },
    expiry: { time: now, timeFor: now, confirmFor: async () => undefined },
    purchases: {
      start: (_report, claimed) => void bought.push(...claimed),
      withdraw: () => undefined,
      driven: () => [],
      resume: () => Promise.resolve(),
      arePaused: () => false,
      close: () => Promise.resolve(),
    },
  });
  return async (report: ReportKey, types: readonly ('PAY' | 'YOE')[]): Promise<readonly Entry[]> => {
    await claims.ensure(report, types, BUYER);
    return bought;
  };
}
