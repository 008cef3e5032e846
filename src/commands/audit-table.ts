/** A difference, as the command asks for it. */
export interface ListedDifference {
  readonly at: string;
  readonly type: string | null;
  readonly theirs: { readonly upstreamReportId: string | null; readonly successful: boolean | null } | null;
  readonly ours: {
    readonly id: string;
    readonly answers: {
      readonly jobTitle: string;
      readonly city: string | null;
      readonly state: string | null;
      readonly country: string;
    };
  } | null;
  readonly reason: string;
}

/** Lines of a table of differences, each page after the other, of which the first begins with the names of the columns. */
export interface AuditTable {
  lines(differences: readonly ListedDifference[]): readonly string[];
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

function cellsOf({ at, type, theirs, ours, reason }: ListedDifference): readonly string[] {
  const cells = [at, type, theirs?.upstreamReportId, successOf(theirs), ours && nameOf(ours), reason];
  return cells.map((cell) => (cell ? plain(cell) : NONE));
}

function successOf(theirs: ListedDifference['theirs']): string | null {
  if (theirs?.successful === undefined || theirs.successful === null) return null;
  return theirs.successful ? 'True' : 'False';
}

function nameOf({ id, answers: { jobTitle, city, state, country } }: NonNullable<ListedDifference['ours']>): string {
  return `${[jobTitle, city, state, country].filter((part) => part !== null).join(', ')} (${id})`;
}

/** Upstream's texts may have anything in them, also what a terminal would obey. */
function plain(text: string): string {
  return text.replace(/\p{C}/gu, '?');
}
