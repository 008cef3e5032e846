import type { Problem } from '../api/problem.ts';

/** A field of the form that a problem can be mended at. */
type FieldName =
  | 'jobTitle'
  | 'place'
  | 'years'
  | 'salary'
  | 'degree'
  | 'skills'
  | 'certifications'
  | 'industry'
  | 'otherPlaces'
  | 'otherTitles';

/** What is said at a field, and what may be chosen instead. */
export interface FieldProblem {
  readonly message: string;
  readonly suggestions: readonly string[];
  /** Which value of a list these are suggested for; absent: there is only one. */
  readonly value?: string;
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

/**
 * The field of an answer by its name here or upstream, such as `answers.skills[1]` or `JobTitle`. `compared`: where it was entered,
 * if not as the job itself.
 */
export function fieldOf(name: string | null | undefined, compared: Problem['compared'] = null): FieldName | null {
  const last =
    name
      ?.replace(/\[\d+\]$/, '')
      .split('.')
      .at(-1)
      ?.toLowerCase() ?? '';
  const field = FIELDS[last] ?? null;
  if (compared === 'otherPlaces' && field === 'place') return compared;
  if (compared === 'otherTitles' && field === 'jobTitle') return compared;
  return field;
}

/** What is wrong with each field, according to these problems. */
export function fieldProblems(problems: readonly Problem[]): FieldProblems {
  const found: Partial<Record<FieldName, FieldProblem>> = {};
  const say = (field: FieldName | null, problem: FieldProblem): void => {
    if (field !== null) found[field] ??= problem;
  };
  for (const problem of problems) {
    if (problem.code === 'BAD_USER_INPUT') {
      const message = sentence(problem.reason ?? problem.message);
      say(fieldOf(problem.argument, problem.compared), { message, suggestions: [] });
    }
    for (const { answerId, answerValue: value, message } of problem.issues ?? []) {
      const suggestions = (problem.suggestions ?? []).filter((other) => fieldOf(other.answerId) === fieldOf(answerId));
      const choose = suggestions.length > 0 ? 'Choose one of these, or type another:' : (message ?? '');
      say(fieldOf(answerId, problem.compared), {
        message: (value ? `“${value}” is not known. ` : '') + choose,
        suggestions: suggestions.map(({ answer }) => answer),
        ...(value && { value }),
      });
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
