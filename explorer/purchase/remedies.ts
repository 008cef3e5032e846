import type { Problem } from '../api/problem.ts';

/** A field of the form that a problem can be mended at. */
type FieldName = 'jobTitle' | 'place' | 'years' | 'salary' | 'degree' | 'skills' | 'certifications' | 'industry';

/** What is said at a field, and what may be chosen instead. */
export interface FieldProblem {
  readonly message: string;
  readonly suggestions: readonly string[];
  /** True: nothing has gone wrong yet. */
  readonly isNote?: boolean;
}

export type FieldProblems = Partial<Readonly<Record<FieldName, FieldProblem>>>;

const FIELDS: Readonly<Record<string, FieldName>> = {
  jobtitle: 'jobTitle',
  country: 'place',
  state: 'place',
  city: 'place',
  yearsexperience: 'years',
  highestdegreeearned: 'degree',
  skills: 'skills',
  certifications: 'certifications',
  employerproductactivity: 'industry',
};

/** Whether what is said at a field is that something has gone wrong. */
export function isWrong(problem: FieldProblem | undefined): boolean {
  return problem !== undefined && !problem.isNote;
}

/** The field of an answer by its name here or upstream, such as `answers.skills[1]` or `JobTitle`. */
export function fieldOf(name: string | null | undefined): FieldName | null {
  const last =
    name
      ?.replace(/\[\d+\]$/, '')
      .split('.')
      .at(-1)
      ?.toLowerCase() ?? '';
  return FIELDS[last] ?? null;
}

/** What is wrong with each field, according to these problems. */
export function fieldProblems(problems: readonly Problem[]): FieldProblems {
  const found: Partial<Record<FieldName, FieldProblem>> = {};
  const say = (field: FieldName | null, message: string, suggestions: readonly string[] = []): void => {
    if (field !== null) found[field] ??= { message, suggestions };
  };
  for (const problem of problems) {
    if (problem.code === 'BAD_USER_INPUT') say(fieldOf(problem.argument), sentence(problem.reason ?? problem.message));
    for (const issue of problem.issues ?? []) {
      const field = fieldOf(issue.answerId);
      const suggestions = (problem.suggestions ?? []).filter(({ answerId }) => fieldOf(answerId) === field);
      const value = issue.answerValue ? `“${issue.answerValue}” is not known. ` : '';
      const choose = suggestions.length > 0 ? 'Choose one of these, or type another:' : (issue.message ?? '');
      say(
        field,
        value + choose,
        suggestions.map(({ answer }) => answer),
      );
    }
  }
  return found;
}

/** Whether it is said at a field already. */
export function isAtField(problem: Problem): boolean {
  return Object.keys(fieldProblems([problem])).length > 0;
}

const PASSING: readonly string[] = ['UNREACHABLE', 'RATE_LIMITED', 'OVERLOADED', 'STORE_UNAVAILABLE'];

/** Whether the same question may be answered a little later. */
export function isPassing({ code }: Problem): boolean {
  return PASSING.includes(code);
}

/** What can be done about a report that did not come. */
export type Remedy = 'ask-again' | 'buy-again' | 'change' | 'wait' | 'none';

export function remedyOf({ code }: Problem): Remedy {
  if (code === 'SUBMISSION_UNCERTAIN') return 'buy-again';
  if (code === 'UNCONFIRMED_ANSWER' || code === 'BAD_USER_INPUT') return 'change';
  if (code === 'BUDGET_EXCEEDED' || code === 'BUYING_STOPPED' || code === 'RATE_LIMITED') return 'wait';
  return code === 'FORBIDDEN' || code === 'UNAUTHENTICATED' ? 'none' : 'ask-again';
}

const EXPLANATIONS: Readonly<Record<string, string>> = {
  SUBMISSION_UNCERTAIN:
    'It was ordered, but the confirmation was lost, so it may have been bought. Buying it again may be billed twice.',
  REPORT_FAILED: 'The service did not deliver it. Asking again costs nothing.',
  BUYING_STOPPED: 'An operator has stopped purchases for now.',
  BUDGET_EXCEEDED: 'Today’s budget is used up.',
  FORBIDDEN: 'You may only read what is stored.',
  UPSTREAM_UNAVAILABLE: 'The service cannot be reached at the moment. Nothing was bought.',
  UPSTREAM_TIMEOUT: 'The service took too long to answer.',
  UPSTREAM_RATE_LIMITED: 'The service asks for a pause. Try again in a minute.',
  RATE_LIMITED: 'Too many questions in a short time. Try again in a minute.',
};

export function explanationOf({ code, message }: Problem): string {
  return EXPLANATIONS[code] ?? message;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
