import fc from 'fast-check';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import type { Entry, State } from '../../src/datasources/reports/ledger.js';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import { createUncertainReports } from '../../src/datasources/reports/uncertain-reports.js';
import { createWatcher } from '../../src/datasources/reports/watch.js';
import { canonicalAnswers } from '../../src/model/answers.js';
import { ReportType } from '../../src/model/report.js';
import { cursorOf, parseCursor } from '../../src/model/uncertain-report.js';
import { NURSE } from '../fixtures/answers/answers.js';
import { entryAt, LINKED } from '../fixtures/fake-ledger.js';
import { createMemoryLedger } from '../fixtures/memory-ledger.js';

const REPORT = { id: 'r', request: { autoResolveJobTitle: true, answers: canonicalAnswers(NURSE, 'answers') } };
const failure = { code: 'UPSTREAM_TIMEOUT', message: 'No.' } as const;
const UNCERTAIN: State = { state: 'UNCERTAIN', purchaseId: 'p', failure, response: null, since: 5 };
const CLOSING = { since: 5, note: 'Lost.', client: 'ann' };

describe('a cursor', () => {
  it('is read as the place that it was made of', () => {
    const places = fc.record({
      since: fc.maxSafeInteger(),
      id: fc.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      type: fc.constantFrom(...Object.values(ReportType)),
    });
    fc.assert(
      fc.property(places, (place) => {
        expect(parseCursor(cursorOf(place), 'after')).toEqual(place);
      }),
    );
  });

  it('is nothing else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((json) => Buffer.from(json).toString('base64url')),
        ),
        (text) => {
          expect(() => parseCursor(text, 'after')).toThrow('after: is not a cursor');
        },
      ),
    );
  });
});

describe('closing what is uncertain', () => {
  it('is tried again if only a response came in between, that says nothing', async () => {
    const { close, memory } = closing(entryAt(3, UNCERTAIN));
    memory.beforeCommit(() => memory.put(REPORT, entryAt(4, { ...UNCERTAIN, response: '<html>' })));
    expect(await close(['PAY'])).toEqual(REPORT);
    expect(memory.entry('r', 'PAY')).toMatchObject({ state: 'FAILED', doubt: { response: '<html>', closed: true } });
  });

  it('is refused if its link was found in between', async () => {
    const { close, memory } = closing(entryAt(3, UNCERTAIN));
    memory.beforeCommit(() => memory.put(REPORT, entryAt(4, LINKED)));
    await expect(close(['PAY'])).rejects.toMatchObject({ code: 'PURCHASE_CHANGED', details: { status: 'PENDING' } });
    expect(memory.entry('r', 'PAY')).toMatchObject({ state: 'LINKED', version: 4 });
  });

  it('closes the types that are uncertain, says so in the log, and lasts as long as reports do by the right clock', async () => {
    const { close, memory, logged } = closing(
      entryAt(3, UNCERTAIN),
      entryAt(2, { ...UNCERTAIN, since: 6 }, { type: 'YOE' }),
    );
    const before = Date.now();
    await close(['PAY', 'YOE']);
    expect(memory.steps).toEqual(['PAY FAILED']);
    const closed = memory.entry('r', 'PAY') as Entry & { readonly expiresAt: number };
    expect(closed.expiresAt - before).toBeGreaterThanOrEqual(1_500);
    expect(closed.expiresAt - Date.now()).toBeLessThanOrEqual(1_500);
    expect(JSON.parse(logged[0] ?? '')).toMatchObject({ reportId: 'r', types: ['PAY'], client: 'ann', note: 'Lost.' });
  });
});

function closing(...entries: readonly Entry[]) {
  const memory = createMemoryLedger();
  memory.put(REPORT, ...entries);
  let before = (): void => undefined;
  const ledger: Ledger = {
    ...memory.ledger,
    async commit(report, transitions) {
      before();
      before = () => undefined;
      return memory.ledger.commit(report, transitions);
    },
  };
  const logged: string[] = [];
  const uncertain = createUncertainReports({
    ledger,
    watcher: createWatcher(ledger),
    expiry: { timeFor: () => Date.now() },
    clock: { behindMs: () => 500 },
    settings: { reportTtlMs: 1_000 },
    log: pino({}, { write: (line: string) => void logged.push(line) }),
  });
  return {
    close: (types: readonly ReportType[]) => uncertain.close('r', types, CLOSING),
    memory: { ...memory, beforeCommit: (work: () => void) => void (before = work) },
    logged,
  };
}
