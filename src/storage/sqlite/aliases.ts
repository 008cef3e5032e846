import type { DatabaseSync } from 'node:sqlite';
import type { Entry, EntryIn } from '../../datasources/reports/ledger.js';
import { ReportType } from '../../model/report.js';
import type { StepResult, WrittenReport, WrittenStep } from './written-step.js';

/** What came of claims and of the id that they were asked for by: see `AliasedCommit`. */
export interface WrittenAlias {
  /** Of the claims; null: none was made. */
  readonly results: readonly StepResult[] | null;
  readonly aliases: readonly EntryIn<'ALIAS'>[] | null;
}

/** Which ids stand for others. Synchronous; called inside a transaction. */
interface Aliases {
  /** See `Ledger.commitAs`. */
  apply(bought: WrittenReport, asked: WrittenReport): WrittenAlias;
  /** What stands for this id stands for nothing any more. */
  end(target: string): void;
}

type EntryKey = Pick<Entry, 'reportId' | 'type' | 'version'>;

interface Parts {
  readonly entriesOf: (id: string) => readonly Entry[];
  /** Whether the step leads from what is stored. */
  readonly isCurrent: (id: string, step: WrittenStep) => boolean;
  readonly apply: (report: WrittenReport) => readonly StepResult[];
  /** Makes it ABSENT, and forgets its report if nothing else is left of that. */
  readonly forget: (entry: EntryKey) => void;
}

export function createAliases(db: DatabaseSync, { entriesOf, isCurrent, apply, forget }: Parts): Aliases {
  const selectAliases = db.prepare(`
    SELECT report_id AS reportId, type, version FROM entries WHERE state = 'ALIAS' AND
      CASE WHEN json_valid(data) THEN json_extract(data, '$.standsFor') END = ?`);

  const aliasesIn = (id: string) => entriesOf(id).filter((entry) => entry.state === 'ALIAS');

  function mayStandFor(target: string, { id, steps }: WrittenReport): boolean {
    if (target === id || aliasesIn(target).length > 0) return false;
    const present = aliasesIn(id).filter(({ standsFor }) => standsFor === target);
    return Object.values(ReportType).every(
      (type) =>
        present.some((entry) => entry.type === type) || steps.some((step) => step.type === type && isCurrent(id, step)),
    );
  }

  function end(target: string): void {
    for (const entry of selectAliases.all(target)) forget(entry as unknown as EntryKey);
  }

  return {
    apply(bought, asked) {
      if (!mayStandFor(bought.id, asked)) return { results: null, aliases: null };
      const results = apply(bought);
      const isRefused = results.length > 0 && results.every((result) => !result.won && result.refused);
      if (isRefused) return { results, aliases: null };
      end(asked.id);
      apply(asked);
      return { results, aliases: aliasesIn(asked.id) };
    },

    end,
  };
}
