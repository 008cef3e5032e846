import type { AnswersInput, ReportType } from '../generated/operations.ts';
import { answersOf, parsePlace, type Question } from '../question/question.ts';

/** One set of answers that is asked about, and which of its reports are shown. */
export interface Target {
  /** What it is called beside others. */
  readonly label: string;
  readonly answers: AnswersInput;
  readonly types: readonly ReportType[];
}

/** The job itself with both reports, then the pay of what it is compared with. */
export function targetsOf(question: Question): readonly Target[] {
  const base = { ...question, otherPlaces: [], otherTitles: [] };
  const places = question.otherPlaces.map((place) => target(labelOfPlace(place), { ...base, place }));
  const titles = question.otherTitles.map((jobTitle) => target(jobTitle, { ...base, jobTitle }));
  const label = titles.length > 0 && places.length === 0 ? question.jobTitle : labelOfPlace(question.place);
  return [{ ...target(label, base), types: ['PAY', 'YOE'] }, ...places, ...titles];
}

function target(label: string, question: Question): Target {
  return { label, answers: answersOf(question), types: ['PAY'] };
}

function labelOfPlace(place: string): string {
  const { city, state, country } = parsePlace(place);
  return city || state || country;
}
