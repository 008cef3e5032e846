import { ApiError, type AnswerIssue } from '../../errors.js';
import type { WarningCode } from '../../model/warning-codes.js';

/** A client can act on the first few; thousands would only make the response large. */
const MOST_WARNINGS = 50;
const LONGEST_PATH = 200;
/** Elements that are read of one list, and of all lists of a response. The longest that are known have a hundred. */
const MOST_ELEMENTS = 1_000;
const MOST_ELEMENTS_IN_ALL = 10_000;

/** A field of an upstream response that could not be read. */
export interface Problem {
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  /** True: a list of which only the first elements were read. */
  readonly partly?: true;
}

/** The fields of one response that could not be read, in the order in which they were. */
export class Problems {
  readonly list: Problem[] = [];
  #count = 0;
  #elements = 0;

  get count(): number {
    return this.#count;
  }

  add(path: string, expected: string, value: unknown): void {
    this.#note(problemOf(path, expected, value));
  }

  #note(problem: Problem): void {
    this.#count += 1;
    if (this.list.length < MOST_WARNINGS) this.list.push(problem);
  }

  /** How many elements of a list are to be read: a response of megabytes must not become one that nobody can write. */
  room(path: string, length: number): number {
    const room = Math.min(length, MOST_ELEMENTS, MOST_ELEMENTS_IN_ALL - this.#elements);
    this.#elements += room;
    if (room < length) {
      this.#note({ path: shortened(path), expected: `${room} elements`, found: `${length}`, partly: true });
    }
    return room;
  }

  /** One for each, or for the rest of too many. Their code is UNREADABLE, or TRUNCATED for a list that is too long. */
  warnings(): AnswerIssue[] {
    const all = this.list.map(({ path, expected, found, partly }) =>
      partly
        ? warning(`${path} is too long: the first ${expected} of ${found} are given.`, 'TRUNCATED')
        : warning(`${path} could not be read: it should be ${expected}, but is ${found}.`),
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

function warning(message: string, code: WarningCode = 'UNREADABLE'): AnswerIssue {
  return { answerId: null, answerValue: null, message, code };
}

/** Its text is never repeated. */
function problemOf(path: string, expected: string, value: unknown): Problem {
  return { path: shortened(path), expected, found: kindOf(value) };
}

function shortened(path: string): string {
  return path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH).toWellFormed()}…` : path;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === null) return 'null';
  // A bare NaN is read as a number like the infinite ones.
  if (typeof value === 'number') return Number.isFinite(value) ? `the number ${value}` : 'no finite number';
  return `a value of type ${typeof value}`;
}
