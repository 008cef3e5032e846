import pino from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/errors.js';
import { createCommit } from '../../src/datasources/reports/commit.js';
import type { Entry } from '../../src/datasources/reports/ledger.js';
import type { Committed, Ledger, ReportRecord } from '../../src/datasources/reports/ports.js';
import { canonicalAnswers } from '../../src/model/answers.js';
import { NURSE } from '../fixtures/answers/answers.js';
import { entryAt } from '../fixtures/fake-ledger.js';

vi.mock(import('../../src/lib/delay.js'), { spy: true });

const REQUEST = { autoResolveJobTitle: true, answers: canonicalAnswers(NURSE, 'answers') };
const REPORT = { id: 'r', request: REQUEST };
const INTENT = { state: 'INTENT', doubt: null } as const;
const GIVE_UP = { kind: 'give-up', failure: { code: 'UPSTREAM_UNAVAILABLE', message: 'No.' } } as const;

describe('what is known of the entries', () => {
  it('is what they are changed from, and what was stored of them is known then: the ledger is not read', async () => {
    const { commit, commits, reads } = committing(entryAt(1, INTENT));
    const known = [entryAt(1, INTENT)];
    expect(await commit(REPORT, ['PAY'], giveUpIntents, known)).toMatchObject([{ state: 'ABSENT', version: 2 }]);
    expect(commits).toEqual(['PAY ABSENT']);
    expect(reads()).toBe(0);
  });

  it('may be over: then what is there by now is changed', async () => {
    const { commit, commits, reads } = committing(entryAt(2, INTENT));
    const known = [entryAt(1, INTENT)];
    expect(await commit(REPORT, ['PAY'], giveUpIntents, known)).toMatchObject([{ state: 'ABSENT', version: 3 }]);
    expect(commits).toEqual(['PAY ABSENT']);
    expect(reads()).toBe(1);
  });

  it('is not believed any more once something could perhaps not be stored', async () => {
    const { commit, reads } = committing(entryAt(1, INTENT), 1);
    expect(await commit(REPORT, ['PAY'], giveUpIntents, [entryAt(1, INTENT)])).toMatchObject([{ state: 'ABSENT' }]);
    expect(reads()).toBe(1);
  });
});

describe('what has happened', () => {
  it('is stored, and the entries are as they are then', async () => {
    const { commit, commits } = committing(entryAt(1, INTENT));
    expect(await commit(REPORT, ['PAY'], giveUpIntents)).toMatchObject([{ state: 'ABSENT' }]);
    expect(commits).toEqual(['PAY ABSENT']);
  });

  it('is not stored where it is not allowed', async () => {
    const { commit, commits } = committing(entryAt(1, INTENT, { type: 'YOE' }));
    expect(await commit(REPORT, ['PAY', 'YOE'], giveUpIntents)).toMatchObject([{ version: 0 }, { state: 'ABSENT' }]);
    expect(commits).toEqual(['YOE ABSENT']);
  });

  it('is a warning if a purchase is uncertain after it and was not before', async () => {
    const doubt = { failure: GIVE_UP.failure, response: null, since: 5 };
    const { commit, warned } = committing(entryAt(1, { state: 'INTENT', doubt }));
    await commit(REPORT, ['PAY'], giveUpIntents);
    const since = new Date(5).toISOString();
    expect(warned()).toMatchObject([{ level: 40, reportId: 'r', type: 'PAY', since, reason: 'No.' }]);
    await commit(REPORT, ['PAY'], ({ state }) => (state === 'UNCERTAIN' ? { kind: 'response', body: '{}' } : null));
    expect(warned()).toHaveLength(1);
    const given = committing(entryAt(1, INTENT));
    await given.commit(REPORT, ['PAY'], giveUpIntents);
    expect(given.warned()).toEqual([]);
  });

  it('is tried until the ledger can be written', async () => {
    const { commit, commits, logged } = committing(entryAt(1, INTENT), 2);
    await commit(REPORT, ['PAY'], giveUpIntents);
    expect(commits).toEqual(['PAY ABSENT']);
    expect(logged).toHaveLength(2);
  });

  it('is not tried again after an error of this program, or when the ledger is about to be closed', async () => {
    const failing = (): never => {
      throw new Error('A mistake.');
    };
    const { commit } = committing(entryAt(1, INTENT));
    await expect(commit(REPORT, ['PAY'], failing)).rejects.toThrow('A mistake.');
    const closing = committing(entryAt(1, INTENT), Infinity, AbortSignal.abort(new Error('Closing.')));
    await expect(closing.commit(REPORT, ['PAY'], giveUpIntents)).rejects.toThrow('Closing.');
  });
});

function giveUpIntents(entry: Entry) {
  return entry.state === 'INTENT' ? GIVE_UP : null;
}

/** A ledger with one entry that cannot be written for so many times. */
function committing(stored: Entry, failures = 0, abandoned = new AbortController().signal) {
  let entry = stored;
  let left = failures;
  let reads = 0;
  const commits: string[] = [];
  const logged: string[] = [];
  const ledger: Pick<Ledger, 'read' | 'commit'> = {
    async read(): Promise<ReportRecord> {
      reads += 1;
      return { ...REPORT, entries: [entry] };
    },
    async commit(_report, transitions) {
      left -= 1;
      if (left >= 0) throw new ApiError('STORE_UNAVAILABLE', 'The disk is full.');
      return transitions.map(({ before, after }): Committed => {
        if (before.version !== entry.version) return { won: false, entry };
        commits.push(`${after.type} ${after.state}`);
        entry = after;
        return { won: true, entry };
      });
    },
  };
  const log = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) });
  const warned = (): unknown[] => logged.map((line) => JSON.parse(line) as unknown);
  return { commit: createCommit(ledger as Ledger, abandoned, log), commits, logged, warned, reads: () => reads };
}
