import { badUserInput } from '../errors.js';

export const LONGEST_TEXT = 200;
/** UTF-16 code units of a text as given: room for 200 characters written in any form, and for what is removed from it. */
export const LONGEST_GIVEN_TEXT = 10_000;

/**
 * Characters without a form of their own, which two texts that look alike may differ in: soft hyphens, zero-width
 * characters, direction marks, variation selectors, tags, fillers (Unicode's Default_Ignorable_Code_Point) and anchors of
 * annotations. Listed, because ids of reports depend on them and must not change with the Unicode version of the runtime.
 */
const INVISIBLE = new RegExp(
  `[${[
    String.raw`\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f`,
    String.raw`\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}`,
  ].join('')}]`,
  'gu',
);
const REPLACEMENT_CHARACTER = '\ufffd';

/**
 * Validates a required string and returns it in canonical form: without invisible characters, with single spaces between
 * words, trimmed, in Unicode NFC. 1 to 200 characters, one line, no control characters, nothing lost in a conversion.
 * Throws BAD_USER_INPUT.
 */
export function requiredText(given: string, argument: string): string {
  const text = boundedText(given, argument);
  if (text === '') throw badUserInput(argument, `must not be blank; 1 to ${LONGEST_TEXT} characters are allowed.`);
  return text;
}

/** Most texts: words of printable ASCII with single spaces between them, in canonical form already. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;

/** The same for a string that may be blank; blank becomes ''. */
export function boundedText(given: string, argument: string): string {
  if (given.length <= LONGEST_TEXT && PLAIN.test(given)) return given;
  if (given.length > LONGEST_GIVEN_TEXT) throw tooLong(argument, given.length);
  // A lone surrogate has no UTF-8 encoding: different ones would be sent, and bought, as the same answer.
  if (!given.isWellFormed()) throw badUserInput(argument, 'must be well-formed Unicode text.');
  // Line breaks and tabs at the ends are what is left of a cell of a table.
  const visible = given.replace(INVISIBLE, '').trim();
  if (/\p{Cc}/u.test(visible)) throw badUserInput(argument, 'must not contain control characters.');
  if (/^[\p{Z}\p{C}]*$/u.test(visible)) return '';
  if (/[\p{Zl}\p{Zp}]/u.test(visible)) throw badUserInput(argument, 'must be one line.');
  throwIfLossy(visible, argument);
  const text = visible.replace(/\p{Zs}+/gu, ' ').normalize('NFC');
  const length = [...text].length;
  if (length > LONGEST_TEXT) throw tooLong(argument, length);
  return text;
}

/**
 * Throws BAD_USER_INPUT for U+FFFD: different texts become the same one where a program writes it for what it could not
 * read.
 */
export function throwIfLossy(text: string, argument: string): void {
  if (!text.includes(REPLACEMENT_CHARACTER)) return;
  throw badUserInput(
    argument,
    'must not contain U+FFFD, which stands for a character that was lost before it was sent.',
  );
}

function tooLong(argument: string, length: number): Error {
  return badUserInput(argument, `must be at most ${LONGEST_TEXT} characters long; it has ${length}.`);
}
