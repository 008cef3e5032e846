import type { KillSummary } from './tally.ts';
import type { LogSummary } from './usage-log.ts';

/** Formats the summary as a table. */
export function showSummary(summary: KillSummary, tookMs: number): string {
  const rows: [string, string | number, string?][] = [
    ['seed', summary.seed],
    ['kills', summary.kills],
    ...Object.entries(summary.aims).map(([aim, kills]): [string, number] => [`  aimed ${aim}`, kills]),
    ['kills that left a report in', ''],
    ...Object.entries(summary.left).map(([state, { kills, reports }]): [string, number, string] => [
      `  ${state}`,
      kills,
      `${reports} reports in all`,
    ]),
    ['  nothing in progress', summary.idle],
    ['POSTs the simulator received', summary.posts],
    ['reports it accepted', summary.accepted],
    ['collected', summary.collected],
    ['rejected (unknown answers)', summary.failed],
    ['uncertain', summary.uncertain],
    ['recovered', summary.recovered],
    ...(summary.usageLog ? logRows(summary.usageLog) : []),
    ['resubmitted on request', summary.resubmitted],
    ['duplicates', summary.duplicates, 'all resubmitted on request'],
    ['duplicates without request', summary.unasked],
    ['slowest start, ms', Math.round(summary.slowestStartMs), 'to the first response'],
    ['took, s', Math.round(tookMs / 1000)],
  ];
  const [names, figures] = [0, 1].map((column) => Math.max(...rows.map((row) => String(row[column]).length)));
  return rows
    .map(([name, figure, remark]) =>
      `${name.padEnd(names ?? 0)}  ${String(figure).padStart(figures ?? 0)}  ${remark ?? ''}`.trimEnd(),
    )
    .join('\n');
}

function logRows({
  cutOff,
  boughtAndUncertain,
  refused,
  neverLeft,
  missingRows,
}: LogSummary): [string, number, string?][] {
  return [
    ['cut off while they were sent', cutOff],
    ['  uncertain in the end, bought', boughtAndUncertain, 'not in the usage log'],
    ['  uncertain in the end, refused', refused, 'the kill came before the answer'],
    ['  uncertain in the end, never left', neverLeft, 'the kill came before the first byte'],
    ['bought, and not in the usage log', missingRows],
  ];
}
