/** A capital theta of its own (U+03F4), the only capital whose small letter belongs to another capital. */
const THETA_SYMBOL = '\u03f4';

/**
 * Equal for two texts in NFC exactly if they differ in letter case alone. It is the lower case of each letter by itself, in no
 * language: İ is not I, and ı not i; ß is ẞ, and not ss; Σ is σ, and ς where a word ends in it; a letter with a combining mark
 * is its composed form. Nothing that is more than another case is folded: not ſ and s, nor μ and the micro sign.
 */
export function caseKey(text: string): string {
  const lower = text.split(THETA_SYMBOL).map((part) => part.toLowerCase());
  // Some letters are composed in one case only: ẖ, whose capital is H and a combining mark.
  return lower.join(THETA_SYMBOL).normalize('NFC');
}
