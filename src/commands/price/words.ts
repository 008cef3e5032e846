import { columnsProblem, JOB_FIELD_LABELS, type JobColumns } from '../../model/job-list/columns.js';
import type { PriceViewerQuery } from '../generated/operations.js';
import { leftOf, obstacleTo } from './allowance.js';
import type { Survey } from './survey.js';

/** What to know when it ends early. */
export const KEPT = 'What was bought is stored: run the same command again to go on; nothing is bought twice.';

/** Of columns in a message. */
const MOST_NAMES = 30;
const LONGEST_NAME = 40;

/** Throws an Error in words if nothing can be priced with these columns. */
export function requireColumns(header: readonly string[], columns: JobColumns): void {
  const problem = columnsProblem(columns);
  if (problem === null) return;
  const names = header.slice(0, MOST_NAMES).map((name) => shown(name) || '(blank)');
  if (header.length > names.length) names.push(`and ${number(header.length - names.length)} more`);
  throw new Error(
    `${problem}\nThe columns are: ${names.join(', ')}.\nRename them in the first row; these are known: ${Object.values(JOB_FIELD_LABELS).join(', ')}.`,
  );
}

/** Which columns are taken for what. */
export function columnsTold(header: readonly string[], columns: JobColumns): string {
  const told = columns.flatMap((field, at) =>
    field ? [`${JOB_FIELD_LABELS[field]} (“${shown(header[at] ?? '')}”)`] : [],
  );
  return `Columns: ${told.join(', ')}.`;
}

/** What pricing the list would take, before anything is bought. */
export function surveyTold(survey: Survey, viewer: PriceViewerQuery['viewer'], most: number | null): readonly string[] {
  const { rows, faulty, remarked, matched, reports, stored, underWay, failed, unknown, toBuy } = survey;
  const lines = [
    `${counted(rows, 'row')}${faulty > 0 ? `, of which ${number(faulty)} cannot be priced: the output says why` : ''}.`,
    ...(remarked > 0
      ? [`Jobalyzer does not know every answer of ${counted(remarked, 'row')}: see the column Remarks.`]
      : []),
    ...(matched > 0
      ? [`Jobalyzer takes the title of ${counted(matched, 'row')} for another: see the column Remarks.`]
      : []),
    `${counted(reports, 'distinct report')}: ${number(stored)} stored${part(underWay, 'on the way')}${part(failed, 'failed')}, ${number(toBuy)} to buy.`,
  ];
  if (unknown > 0)
    lines.push(`${counted(unknown, 'other')} with an unknown answer: not bought unless you say --buy-unknown.`);
  if (remarked + matched > 0 && toBuy > 0 && most !== 0)
    lines.push('To read the remarks first, use --max-reports 0: it writes the output, and buys nothing.');
  if (most !== null && toBuy > most) lines.push(`No more than ${number(most)} of them will be bought (--max-reports).`);
  const obstacle = toBuy > 0 ? obstacleTo(viewer) : null;
  const left = leftOf(viewer);
  if (toBuy > 0 && left !== null && obstacle === null) {
    const renewal = left < toBuy ? `, and is renewed at ${viewer?.budget?.resetsAt}` : '';
    lines.push(`The budget of today has ${number(left)} left${renewal}.`);
  }
  return obstacle === null ? lines : [...lines, obstacle.message];
}

/** So many of them, as people write it. */
export function counted(count: number, what: string): string {
  return `${number(count)} ${what}${count === 1 ? '' : 's'}`;
}

export function number(value: number): string {
  return value.toLocaleString('en');
}

function part(count: number, what: string): string {
  return count > 0 ? `, ${number(count)} ${what}` : '';
}

/** A name in one line. */
function shown(name: string): string {
  const line = name.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_NAME ? `${line.slice(0, LONGEST_NAME)}…` : line;
}
