import type { Built } from './built.ts';

export type ReportType = 'PAY' | 'YOE';
export const REPORT_TYPES: readonly ReportType[] = ['PAY', 'YOE'];

/** One set of answers, and what each side calls it. */
export interface Question {
  readonly answers: { readonly jobTitle: string; readonly country: string; readonly averageSizeCompetitor: number };
  readonly autoResolveJobTitle: boolean;
  /** Here. */
  readonly id: string;
  /** At the simulator. */
  readonly key: string;
  /** Whether upstream knows the job; what it does not know it refuses, and does not charge. */
  readonly known: boolean;
}

const TITLES = ['Software Developer', 'Registered Nurse', 'Accountant', 'Data Scientist'];
const UNKNOWN_TITLE = 'Zzyzx Qwrtp';

/** A question that differs from every other with another number. */
export function makeQuestion(built: Built, number: number, random: () => number): Question {
  const known = random() >= 0.05;
  const answers = {
    jobTitle: known ? (TITLES[number % TITLES.length] ?? '') : UNKNOWN_TITLE,
    country: 'United States',
    averageSizeCompetitor: number,
  };
  const autoResolveJobTitle = known && random() < 0.5;
  const wire = {
    JobTitle: answers.jobTitle,
    Country: answers.country,
    AverageSizeCompetitor: answers.averageSizeCompetitor,
  };
  return {
    answers,
    autoResolveJobTitle,
    id: built.reportId({ answers: built.canonicalAnswers(answers, 'answers'), autoResolveJobTitle }),
    key: built.reportKey(wire, autoResolveJobTitle),
    known,
  };
}

/** How a report is named in what this test keeps count of. */
export function nameOf({ key }: { readonly key: string }, type: ReportType): string {
  return `${key}:${type === 'PAY' ? 'pay' : 'yoe'}`;
}
