import { badUserInput } from '../errors.js';

export const LONGEST_TEXT = 200;

/** Validates a required string: returns it trimmed, 1 to 200 characters, no control characters. Throws BAD_USER_INPUT. */
export function requiredText(given: string, argument: string): string {
  const text = boundedText(given, argument);
  if (text === '') throw badUserInput(argument, `must not be blank; 1 to ${LONGEST_TEXT} characters are allowed.`);
  return text;
}

/** The same for a string that may be blank; blank becomes ''. */
export function boundedText(given: string, argument: string): string {
  if (/\p{Cc}/u.test(given)) throw badUserInput(argument, 'must not contain control characters.');
  // A lone surrogate has no UTF-8 encoding: different ones would be sent, and bought, as the same answer.
  if (!given.isWellFormed()) throw badUserInput(argument, 'must be well-formed Unicode text.');
  // A string of invisible characters only counts as blank.
  const text = /^[\p{Z}\p{C}]*$/u.test(given) ? '' : given.trim().normalize('NFC');
  if (/[\p{Zl}\p{Zp}]/u.test(text)) throw badUserInput(argument, 'must be one line.');
  const length = [...text].length;
  if (length > LONGEST_TEXT) {
    throw badUserInput(argument, `must be at most ${LONGEST_TEXT} characters long; it has ${length}.`);
  }
  return text;
}
