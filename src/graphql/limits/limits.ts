import { ApiError } from '../../errors.js';
import { toGraphQLError } from '../format-error.js';
import { Refusal } from '../refusal.js';

/** What one operation may ask for, over every transport. MAX_REPORTS_PER_OPERATION limits the reports. */
export const LIMITS = {
  /** Of the document. The longest query for everything about a report has about five hundred. */
  tokens: 4_000,
  /** Brackets and selections in each other. The parser, the validator and the executor call themselves for each level. */
  levels: 100,
  operations: 50,
  /** Fields in each other, through whatever fragments. */
  depth: 15,
  /** Each fragment counts wherever it is spread; so for directives and root fields. */
  aliases: 100,
  directives: 50,
  rootFields: 50,
  /** Values in the response. The report with everything about it has about a thousand. */
  values: 100_000,
  /** Elements in all lists that are as long as an argument says. */
  elements: 1_000,
};

/**
 * What `__schema` and `__type` may select, in all their occurrences. The introspection query of graphql-js with all its
 * options has a depth of 15 and 670,000 values as they are estimated here, and no alias.
 */
export const INTROSPECTION_LIMITS = { depth: 20, aliases: 10, values: 2_000_000 };

/** How many elements a list is taken to have if no argument says it. */
export const LIST_ELEMENTS = 25;

/** `value`: what it would be; null if it was not counted to the end. */
export function tooLarge(message: string, limit: number, value: number | null, httpStatus = 400): Refusal {
  const details = { limit, ...(value !== null && Number.isSafeInteger(value) && { value }) };
  return new Refusal([toGraphQLError(new ApiError('OPERATION_TOO_LARGE', message, details))], httpStatus);
}

/** The refusal of what has more levels than can be read safely. */
export function tooManyLevels(): Refusal {
  const { levels } = LIMITS;
  return tooLarge(`The document is nested too deeply: more than ${levels} levels of brackets.`, levels, null);
}
