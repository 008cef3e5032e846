import type { Compared } from '../purchase/targets.ts';
import { fieldOf, type FieldProblem, type FieldProblems } from '../purchase/remedies.ts';
import type { Question } from './question.ts';
import type { Check } from './spelling.ts';

/** What upstream has for one set of answers. */
export interface Checked {
  /** Where it was entered, if it is not the job itself. */
  readonly compared: Compared | null;
  readonly check: Check;
}

type Answer = Check['answers'][number];

/** A place is one line here, of which answers are parts: how it is spelled as a whole. */
const PLACES: Readonly<Record<string, (given: Question, asked: Question) => readonly string[]>> = {
  place: (_given, asked) => [asked.place],
  otherPlaces: (given, asked) => asked.otherPlaces.filter((place) => !given.otherPlaces.includes(place)),
};

/** What will become of the answers that upstream does not have as they are, at their fields. */
export function notesOf(checks: readonly Checked[], given: Question, asked: Question): FieldProblems {
  const answers = checks.flatMap(({ compared, check }) =>
    check.answers.flatMap((answer) => {
      const field = fieldOf(answer.field, compared);
      // What is compared has all other answers of the job itself, of which it is said already.
      return field === null || (compared !== null && field !== compared) ? [] : [{ field, answer, check }];
    }),
  );
  const notes: Record<string, FieldProblem> = {};
  for (const field of new Set(answers.map((other) => other.field))) {
    const those = answers.filter((other) => other.field === field);
    const corrected = those.flatMap(({ answer: { verdict, spelling } }) => (verdict === 'CORRECTED' ? [spelling] : []));
    const unknown = those.filter(({ answer }) => answer.verdict === 'UNKNOWN');
    const taken = unknown.flatMap(({ answer, check }) => matchText(answer, check) ?? []);
    const lost = unknown.filter(({ answer, check }) => matchText(answer, check) === null);
    const message = [
      corrected.length > 0 && `Will be asked as ${quoted(PLACES[field]?.(given, asked) ?? corrected)}.`,
      ...taken,
      lost.length > 0 && lostText(lost.map(({ answer }) => answer.value)),
    ];
    const helped = PLACES[field] ? undefined : unknown.find(({ answer }) => answer.suggestions.length > 0)?.answer;
    const text = message.filter(Boolean).join(' ');
    if (text === '') continue;
    const suggestions = helped?.suggestions.map(({ answer }) => answer) ?? [];
    notes[field] = { message: text, suggestions, isNote: true, ...(helped && { value: helped.value }) };
  }
  return notes;
}

function matchText({ field, value }: Answer, { matchedJobTitle, jobTitleRating }: Check): string | null {
  if (field !== 'jobTitle' || matchedJobTitle === null) return null;
  const rating = jobTitleRating === null ? '' : ` (${jobTitleRating} of 100)`;
  return `“${value}” is not known. It will be taken for “${matchedJobTitle}”${rating}.`;
}

function lostText(values: readonly string[]): string {
  const [are, they] = values.length === 1 ? ['is', 'It'] : ['are', 'They'];
  return `${quoted(values)} ${are} not known. ${they} may be refused, or ignored, so that the report answers another question.`;
}

function quoted(values: readonly (string | null)[]): string {
  return [...new Set(values)].map((value) => `“${value}”`).join(', ');
}
