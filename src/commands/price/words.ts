import { columnsProblem, JOB_FIELD_LABELS, type JobColumns } from '../../model/job-list/columns.js';
import { obstacleTo } from './allowance.js';
import type { ViewerData } from './operations.js';
import type { Survey } from './survey.js';

/** Throws an Error in words if nothing can be priced with these columns. */
export function requireColumns(header: readonly string[], columns: JobColumns): void {
  const problem = columnsProblem(columns);
  if (problem === null) return;
  const names = header.map((name) => name.trim() || '(blank)').join(', ');
  throw new Error(
    `${problem}\nThe columns are: ${names}.\nRename them in the first row; these are known: ${Object.values(JOB_FIELD_LABELS).join(', ')}.`,
  );
}

/** Which columns are taken for what. */
export function columnsTold(header: readonly string[], columns: JobColumns): string {
  const told = columns.flatMap((field, at) => (field ? [`${JOB_FIELD_LABELS[field]} (“${header[at]?.trim()}”)`] : []));
  return `Columns: ${told.join(', ')}.`;
}

/** What pricing the list would take, before anything is bought. */
export function surveyTold(survey: Survey, viewer: ViewerData['viewer'], most: number | null): readonly string[] {
  const { rows, faulty, remarked, reports, stored, underWay, failed, unknown, toBuy } = survey;
  const lines = [
    `${counted(rows, 'row')}${faulty > 0 ? `, of which ${number(faulty)} cannot be priced: the output says why` : ''}.`,
    ...(remarked > 0
      ? [`Jobalyzer does not know every answer of ${counted(remarked, 'row')}: see the column Remarks.`]
      : []),
    `${counted(reports, 'distinct report')}: ${number(stored)} stored${part(underWay, 'on the way')}${part(failed, 'failed')}, ${number(toBuy)} to buy.`,
  ];
  if (unknown > 0)
    lines.push(`${counted(unknown, 'other')} with an unknown answer: not bought unless you say --buy-unknown.`);
  if (most !== null && toBuy > most) lines.push(`No more than ${number(most)} of them will be bought (--max-reports).`);
  const budget = viewer?.budget;
  if (toBuy > 0 && budget && budget.limit !== null) {
    const left = Math.max(0, budget.limit - budget.used);
    lines.push(
      `The budget of today has ${number(left)} left${left < toBuy ? `, and is renewed at ${budget.resetsAt}` : ''}.`,
    );
  }
  const obstacle = toBuy > 0 ? obstacleTo(viewer) : null;
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
