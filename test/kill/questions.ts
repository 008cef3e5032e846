import type { Built } from '../fixtures/server/built.ts';

export type ReportType = 'PAY' | 'YOE';
export const REPORT_TYPES: readonly ReportType[] = ['PAY', 'YOE'];

/** One set of answers with its ids on both sides. */
export interface Question {
  readonly answers: { readonly jobTitle: string; readonly country: string; readonly averageSizeCompetitor: number };
  readonly autoResolveJobTitle: boolean;
  /** The server's report id. */
  readonly id: string;
  /** The simulator's key. */
  readonly key: string;
  /** Whether upstream knows the job title; unknown ones are rejected without charge. */
  readonly known: boolean;
}

const TITLES = ['Software Developer', 'Registered Nurse', 'Accountant', 'Data Scientist'];
const UNKNOWN_TITLE = 'Zzyzx Qwrtp';

/** A question that is different for every number. */
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

/** The name of a report in this test's counts. */
export function nameOf({ key }: { readonly key: string }, type: ReportType): string {
  return `${key}:${type === 'PAY' ? 'pay' : 'yoe'}`;
}
