import type { DifferenceFragment } from './generated/operations.js';

/** Lines of a table of differences, each page after the other, of which the first begins with the names of the columns. */
export interface AuditTable {
  lines(differences: readonly DifferenceFragment[]): readonly string[];
}

const COLUMNS = ['TIME (UTC)', 'TYPE', 'REPORTID', 'SUCCESSFUL', 'REPORT HERE', 'DIFFERENCE'];
const NONE = '–';

export function createAuditTable(): AuditTable {
  const widths = COLUMNS.map(({ length }) => length);
  let begun = false;
  return {
    lines(differences) {
      const rows = differences.map(cellsOf);
      // A column that has become wider stays so.
      for (const row of rows) row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
      const all = begun ? rows : [COLUMNS, ...rows];
      begun = true;
      return all.map((row) =>
        row
          .map((cell, index) => cell.padEnd(widths[index] ?? 0))
          .join('  ')
          .trimEnd(),
      );
    },
  };
}

function cellsOf({ at, type, theirs, ours, reason }: DifferenceFragment): readonly string[] {
  const cells = [at, type, theirs?.upstreamReportId, successOf(theirs), ours && nameOf(ours), reason];
  return cells.map((cell) => (cell ? plain(cell) : NONE));
}

function successOf(theirs: DifferenceFragment['theirs']): string | null {
  if (theirs?.successful === undefined || theirs.successful === null) return null;
  return theirs.successful ? 'True' : 'False';
}

function nameOf({ id, answers: { jobTitle, city, state, country } }: NonNullable<DifferenceFragment['ours']>): string {
  return `${[jobTitle, city, state, country].filter((part) => part !== null).join(', ')} (${id})`;
}

/** Upstream's texts may have anything in them, also what a terminal would obey. */
function plain(text: string): string {
  return text.replace(/\p{C}/gu, '?');
}
