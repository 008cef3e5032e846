/**
 * JSON as .NET serializers write it: a figure that is not a number may be a bare `NaN` or `Infinity`. It is read as a number
 * that is not finite. Throws a SyntaxError for anything else that is not JSON.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) throw error;
    return JSON.parse(withoutBareNames(text));
  }
}

/** Not part of a longer word or number, and not a key. */
const BARE_NAME = /(?<![\w.$+-])(?:-?Infinity|NaN)(?![\w.$]|\s*:)/g;

/** The text with a number beyond the range of numbers instead of each bare name. Strings are left alone. */
function withoutBareNames(text: string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    const quote = text.indexOf('"', at);
    const end = quote === -1 ? text.length : quote;
    parts.push(text.slice(at, end).replace(BARE_NAME, '1e999'));
    at = quote === -1 ? end : endOfString(text, quote);
    parts.push(text.slice(end, at));
  }
  return parts.join('');
}

/** The index after the closing quote. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at];
    if (character === '"') return at + 1;
    if (character === '\\') at++;
  }
  return text.length;
}

/** A key that JavaScript would move before all others of its object. */
const NUMERIC_KEY = /(?<!\\)"(\d+)"(?=\s*:)/g;
const MARK = '\u0000#';
const MARKED_KEY = /^\0#(\d+)$/;

/** The same, for objects whose keys are data: numeric keys are marked, so that all of them stay in their order. */
export function parseJsonInOrder(text: string): unknown {
  return parseJson(text.replace(NUMERIC_KEY, `"${JSON.stringify(MARK).slice(1, -1)}$1"`));
}

/** The key as it was received. */
export function unmarked(key: string): string {
  return key.startsWith(MARK) ? key.replace(MARKED_KEY, '$1') : key;
}
