/**
 * What a spreadsheet would run as a formula, also once blanks, control and invisible characters and quotes before it have been lost on
 * the way, as programs lose them; the wide forms are read as the usual ones by some.
 */
const FORMULA = /^[\s\p{Cc}\p{Cf}"]*[=+\-@＝＋－＠]|^[\t\r\n]/u;
/** With its sign, its currency and its groups of digits as people write them. */
const PLAIN_NUMBER =
  /^\s*[+-]?\s?\p{Sc}?\s?(?:\d[\d.,]*|\d{1,3}(?:[\s'’]\d{3})+(?:[.,]\d+)?|[.,]\d+)(?:e[+-]?\d{1,3})?\s?(?:%|\p{Sc})?\s*$/iu;
/** For something that there is none of. */
const DASHES = /^\s*-+\s*$/;

/** A text as a spreadsheet shows it: with an apostrophe before what it would run as a formula. */
export function safeCell(text: string): string {
  return FORMULA.test(text) && !PLAIN_NUMBER.test(text) && !DASHES.test(text) ? `'${text}` : text;
}
