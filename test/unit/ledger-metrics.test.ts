import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { absent, type Entry } from '../../src/datasources/reports/ledger.js';
import type { LedgerEvent } from '../../src/datasources/reports/ledger-events.js';
import type { Committed, Ledger } from '../../src/datasources/reports/ports.js';
import { observeLedger } from '../../src/telemetry/ledger-metrics.js';
import {
  BODY,
  CLAIM,
  CLOSE,
  COLLECT,
  END,
  FAILURE,
  GIVE_UP,
  IN_A_WEEK,
  LINK,
  newReport,
  REJECT,
  REOPEN,
  RESPONSE,
  RESUBMIT,
  SET_ASIDE,
  stepOf,
  TO_LINKED,
} from '../contract/steps.js';
import { samplesOf } from '../fixtures/server/metrics.js';

const BOUGHT = { purchaseId: 'p1' };
const SENT: readonly LedgerEvent[] = [CLAIM, { kind: 'send', ...BOUGHT, request: '{}' }];
const LOST: readonly LedgerEvent[] = [...SENT, { kind: 'lose', ...BOUGHT, failure: FAILURE }];
const LATE_LINK: LedgerEvent = { kind: 'link', ...BOUGHT, link: LINK, warnings: [] };
const FOUND_LINK: LedgerEvent = { kind: 'found', ...BOUGHT, found: { kind: 'link', link: LINK } };
const FOUND_FAILED: LedgerEvent = {
  kind: 'found',
  ...BOUGHT,
  found: { kind: 'failed', failure: FAILURE, expiresAt: IN_A_WEEK },
};
const FOUND_REPORT: LedgerEvent = {
  kind: 'found',
  ...BOUGHT,
  found: { kind: 'report', body: BODY, rating: 1, warnings: [], expiresAt: IN_A_WEEK },
};
const ABSENT: LedgerEvent = { kind: 'absent', ...BOUGHT, failure: FAILURE };

describe('what becomes of a purchase and of collecting its report', () => {
  it.each<[string, readonly LedgerEvent[], readonly string[]]>([
    ['sent', SENT, ['claimed']],
    ['given up', [CLAIM, GIVE_UP], ['claimed', 'given_up']],
    [
      'not accepted, and given up',
      [...SENT, { kind: 'not-accepted', ...BOUGHT }, GIVE_UP],
      ['claimed', 'given_up', 'not_accepted'],
    ],
    ['rejected', [...SENT, { ...REJECT, ...BOUGHT }], ['claimed', 'rejected']],
    ['linked', TO_LINKED, ['claimed', 'linked']],
    ['linked, with a response that is no report', [...TO_LINKED, SET_ASIDE], ['claimed', 'linked']],
    ['collected', [...TO_LINKED, COLLECT], ['claimed', 'collected', 'linked']],
    ['refused by a poll', [...TO_LINKED, END], ['claimed', 'failed', 'linked']],
    ['polled again', [...TO_LINKED, END, REOPEN], ['claimed', 'failed', 'linked', 'reopened']],
    ['lost', LOST, ['claimed', 'uncertain']],
    ['answered late', [...LOST, { ...RESPONSE, ...BOUGHT }, LATE_LINK], ['claimed', 'linked', 'uncertain']],
    ['closed by a person', [...LOST, CLOSE], ['claimed', 'failed', 'uncertain']],
    ['bought again', [...LOST, RESUBMIT, GIVE_UP], ['2 claimed', 'given_up', 'uncertain']],
    ['found in the usage log', [...LOST, FOUND_LINK], ['claimed', 'found', 'uncertain']],
    [
      'found in the usage log, at last with its report',
      [...LOST, FOUND_LINK, FOUND_REPORT],
      ['claimed', 'collected', 'found', 'uncertain'],
    ],
    ['found there as failed', [...LOST, FOUND_FAILED], ['claimed', 'failed', 'found', 'uncertain']],
    ['not in the usage log', [...LOST, ABSENT], ['absent', 'claimed', 'uncertain']],
  ])('is counted once: %s', async (_, events, expected) => {
    const { ledger, counted } = observed();
    const report = newReport();
    let entry: Entry = absent(report.id, 'PAY');
    for (const event of events) {
      const [committed] = await ledger.commit(report, [stepOf(entry, event)]);
      entry = committed?.entry ?? entry;
    }
    expect(await counted()).toEqual(expected);
  });

  it('is counted with an id that stands for another one, and per type', async () => {
    const { ledger, counted, samples } = observed();
    const [asked, bought] = [newReport(), newReport()];
    const claims = (['PAY', 'YOE'] as const).map((type) => stepOf(absent(bought.id, type), CLAIM));
    await ledger.commitAs(bought, claims, { report: asked, steps: [] });
    expect(await counted()).toEqual(['claimed', 'claimed']);
    expect(await samples()).toMatchObject({ 'report_purchases_total{type="YOE",outcome="claimed"}': 1 });
  });

  it('is counted as what was refused, and not at all if somebody else was first', async () => {
    const { ledger, counted, answer } = observed();
    const report = newReport();
    const claim = stepOf(absent(report.id, 'PAY'), CLAIM);
    const lost = { won: false, entry: claim.before };
    answer([
      { ...lost, refused: { reason: 'stopped' } },
      { ...lost, refused: { reason: 'budget', used: 1, limit: 1 } },
      lost,
    ]);
    await ledger.commit(report, [claim, claim, claim]);
    answer([lost]);
    await ledger.commit(report, [stepOf(linkedEntry(report.id), COLLECT)]);
    expect(await counted()).toEqual(['refused_budget', 'refused_stopped']);
  });
});

it('calls of the ledger are timed by their outcome, and what is saved is counted and kept', async () => {
  const { ledger, samples, saved } = observed();
  await ledger.read('a');
  await expect(ledger.read('broken')).rejects.toThrow('broken');
  ledger.countSaved(3);
  expect(await samples()).toMatchObject({
    'ledger_operation_duration_seconds_count{operation="read",outcome="ok"}': 1,
    'ledger_operation_duration_seconds_count{operation="read",outcome="failed"}': 1,
    reports_saved_total: 3,
  });
  expect(saved).toEqual([3]);
});

function linkedEntry(id: string): Entry {
  return TO_LINKED.reduce<Entry>((entry, event) => stepOf(entry, event).after, absent(id, 'PAY'));
}

/** A ledger that says of every transition that it is stored, until `answer` says otherwise. `counted`: the outcomes, sorted. */
function observed() {
  const registry = new Registry();
  const saved: number[] = [];
  let given: readonly Committed[] | null = null;
  const commit: Ledger['commit'] = async (_report, steps) =>
    given ?? steps.map(({ after }) => ({ won: true, entry: { ...after, version: after.version + 1 } }));
  const plain = {
    commit,
    commitAs: async (report, claims) => ({ committed: await commit(report, claims), aliases: [] }),
    async read(id) {
      if (id === 'broken') throw new Error(id);
      return null;
    },
    countSaved: (reports) => void saved.push(reports),
  } satisfies Partial<Ledger>;
  const samples = async () => samplesOf(await registry.metrics());
  return {
    ledger: observeLedger(plain as unknown as Ledger, registry),
    saved,
    samples,
    answer: (committed: readonly Committed[]) => void (given = committed),
    async counted(): Promise<string[]> {
      const found = Object.entries(await samples()).flatMap(([name, count]) => {
        const [, outcome] = /^report_\w+_total\{.*outcome="(\w+)"\}$/.exec(name) ?? [];
        return outcome === undefined ? [] : [count === 1 ? outcome : `${count} ${outcome}`];
      });
      return found.toSorted();
    },
  };
}
