import type { KillSummary } from './tally.ts';

/** The summary as a table to be read. */
export function showSummary(summary: KillSummary, tookMs: number): string {
  const rows: [string, string | number, string?][] = [
    ['seed', summary.seed],
    ['kills', summary.kills],
    ...Object.entries(summary.aims).map(([aim, kills]): [string, number] => [`  aimed ${aim}`, kills]),
    ['kills that found a report in', ''],
    ...Object.entries(summary.left).map(([state, { kills, reports }]): [string, number, string] => [
      `  ${state}`,
      kills,
      `${reports} reports in all`,
    ]),
    ['  nothing under way', summary.idle],
    ['POSTs the simulator received', summary.posts],
    ['reports it accepted', summary.accepted],
    ['collected', summary.collected],
    ['refused (unknown answers)', summary.failed],
    ['uncertain', summary.uncertain],
    ['knowingly bought again', summary.resubmitted],
    ['duplicates', summary.duplicates, 'each knowingly bought again'],
    ['duplicates nobody asked for', summary.unasked],
    ['slowest start, ms', Math.round(summary.slowestStartMs), 'to the first answer'],
    ['took, s', Math.round(tookMs / 1000)],
  ];
  const [names, figures] = [0, 1].map((column) => Math.max(...rows.map((row) => String(row[column]).length)));
  return rows
    .map(([name, figure, remark]) =>
      `${name.padEnd(names ?? 0)}  ${String(figure).padStart(figures ?? 0)}  ${remark ?? ''}`.trimEnd(),
    )
    .join('\n');
}
