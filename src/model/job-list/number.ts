/** The units that years may be written with. */
const YEARS = /\s*(?:years?|yrs?|y)\.?$/i;

/** A number of years: `5`, `5.0`, `5 years`. Null: the text is none, such as `5-7` or `10+`. */
export function yearsIn(text: string): number | null {
  const [, digits] = /^(\d{1,3})(?:[.,]0{1,3})?$/.exec(text.trim().replace(YEARS, '')) ?? [];
  return digits === undefined ? null : Number(digits);
}

/**
 * A number as people write it: `1234.5`, `1,234,567`, `1.234.567,89`, `$ 500 000`. One point or comma before exactly three digits
 * separates thousands, as in `1,000` and `1.000`, since money has no thousandths. Null: the text is no number.
 */
export function numberIn(text: string): number | null {
  const plain = text.replace(/[\s\p{Sc}'’_]/gu, '');
  if (!/^\d[\d.,]*$/.test(plain)) return null;
  const grouped = /^[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$/.test(plain)
    ? plain.replaceAll(',', '')
    : /^[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?$/.test(plain)
      ? plain.replaceAll('.', '').replace(',', '.')
      : plain.replace(',', '.');
  return /^\d+(?:\.\d+)?$/.test(grouped) ? Number(grouped) : null;
}
