import type { AnswersInput, ReportType } from '../generated/operations.ts';
import { answersOf, formatPlace, parsePlace, singleSpaced, type Question } from '../question/question.ts';

/** The field in which something to compare with is entered. */
export type Compared = 'otherPlaces' | 'otherTitles';

/** One set of answers that is asked about, and which of its reports are shown. */
export interface Target {
  /** What it is called beside others. */
  readonly label: string;
  readonly answers: AnswersInput;
  readonly types: readonly ReportType[];
  /** Where it was entered; null: it is the job itself. */
  readonly compared: Compared | null;
}

/** The job itself with both reports, then the pay of what it is compared with: each set of answers once, as it is bought. */
export function targetsOf(question: Question): readonly Target[] {
  const { jobTitle, otherPlaces, otherTitles } = question;
  const named = namesOf([question.place, ...otherPlaces]);
  const label = otherTitles.length > 0 && otherPlaces.length === 0 ? jobTitle : named(question.place);
  const targets: readonly Target[] = [
    { label, answers: answersOf(question), types: ['PAY', 'YOE'], compared: null },
    ...otherPlaces.map((place) => compare('otherPlaces', named(place), { ...question, place })),
    ...otherTitles.map((title) => compare('otherTitles', title, { ...question, jobTitle: title })),
  ];
  const keys = targets.map(({ answers }) => canonical(answers));
  return targets.filter((_target, at) => keys.indexOf(keys[at]!) === at);
}

function compare(compared: Compared, label: string, question: Question): Target {
  return { label, answers: answersOf(question), types: ['PAY'], compared };
}

/** Cities by their names alone, except where another of the same name stands beside them. */
function namesOf(places: readonly string[]): (place: string) => string {
  const whole = (place: string): string => formatPlace(parsePlace(place));
  const short = (place: string): string => {
    const { city, state, country } = parsePlace(place);
    return city || state || country;
  };
  return (place) =>
    places.some((other) => short(other) === short(place) && whole(other) !== whole(place))
      ? whole(place)
      : short(place);
}

/** The same for texts that differ in spaces alone, which the server takes for the same answers. */
function canonical(answers: AnswersInput): string {
  return JSON.stringify(answers, (_key, value: unknown) => (typeof value === 'string' ? singleSpaced(value) : value));
}
