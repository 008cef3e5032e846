import { fieldOf, type FieldProblem, type FieldProblems } from '../purchase/remedies.ts';
import type { Check } from './spelling.ts';

type Checked = Check['answers'][number];

/** What will become of the answers that upstream does not have as they are, at their fields. `place`: as it will be asked. */
export function notesOf(check: Check, place: string): FieldProblems {
  const notes: Record<string, FieldProblem> = {};
  for (const answer of check.answers) {
    const field = fieldOf(answer.field);
    const spelling = field === 'place' ? place : answer.spelling;
    const message = messageOf({ ...answer, spelling }, check);
    // Where there is something to say of several answers in one field, the first is said.
    if (field === null || message === null || notes[field]) continue;
    // A place is one line here, of which these would be parts.
    const choices = field === 'place' ? [] : answer.suggestions;
    notes[field] = { message, suggestions: choices.map((choice) => choice.answer), isNote: true };
  }
  return notes;
}

function messageOf({ field, value, verdict, spelling }: Checked, check: Check): string | null {
  if (verdict === 'CORRECTED') return `Will be asked as “${spelling}”.`;
  if (verdict !== 'UNKNOWN') return null;
  const match = field === 'jobTitle' ? check.matchedJobTitle : null;
  const rating = check.jobTitleRating === null ? '' : ` (${check.jobTitleRating} of 100)`;
  const fate = match
    ? `It will be taken for “${match}”${rating}.`
    : 'It may be refused, or ignored, so that the report answers another question.';
  return `“${value}” is not known. ${fate}`;
}
