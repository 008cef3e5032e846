import { ApiError, type AnswerIssue } from '../../errors.js';

/** A client can act on the first few; thousands would only make the response large. */
const MOST_WARNINGS = 50;
const LONGEST_PATH = 200;

/** A field of an upstream response that could not be read. */
export interface Problem {
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

/** The fields of one response that could not be read, in the order in which they were. */
export class Problems {
  readonly list: Problem[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(path: string, expected: string, value: unknown): void {
    this.#count += 1;
    if (this.list.length < MOST_WARNINGS) this.list.push(problemOf(path, expected, value));
  }

  /** One for each, or for the rest of too many. Their code is UNREADABLE. */
  warnings(): AnswerIssue[] {
    const all = this.list.map(({ path, expected, found }) =>
      warning(`${path} could not be read: it should be ${expected}, but is ${found}.`),
    );
    if (this.#count <= MOST_WARNINGS) return all;
    const shown = all.slice(0, MOST_WARNINGS - 1);
    return [...shown, warning(`${this.#count - shown.length} more fields could not be read.`)];
  }
}

/** The error where nothing is left to serve. */
export function unreadable(path: string, expected: string, value: unknown): ApiError {
  const problem = problemOf(path, expected, value);
  return new ApiError(
    'UPSTREAM_BAD_RESPONSE',
    `Jobalyzer's response could not be read: ${problem.path} should be ${expected}.`,
    { ...problem },
  );
}

function warning(message: string): AnswerIssue {
  return { answerId: null, answerValue: null, message, code: 'UNREADABLE' };
}

/** Its text is never repeated. */
function problemOf(path: string, expected: string, value: unknown): Problem {
  const short = path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH).toWellFormed()}…` : path;
  return { path: short, expected, found: kindOf(value) };
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === null) return 'null';
  if (typeof value === 'number') return `the number ${value}`;
  return `a value of type ${typeof value}`;
}
