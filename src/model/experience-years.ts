/** The bounds of a range of experience, in years, as its name says them. */
export interface ExperienceYears {
  /** Null: the name does not say it. */
  readonly minYears: number | null;
  /** Null: there is no upper end, or the name does not say it. */
  readonly maxYears: number | null;
}

const UNKNOWN: ExperienceYears = { minYears: null, maxYears: null };

const NUMBER = String.raw`(?<![\d.,])(\d{1,2}|\b(?:one|a)(?=\s+year))(?![\d.,]*\d)`;
const UNIT = String.raw`(?:\s*(?:years?|yrs?\.?))?`;
/** Hyphens and dashes of all kinds. */
const DASH = String.raw`[-\u2010-\u2015\u2212]`;

/** What a name may say, each with how its numbers are read. */
const FORMS: readonly (readonly [form: RegExp, read: (first: number, second: number) => ExperienceYears])[] = [
  [
    new RegExp(String.raw`${NUMBER}${UNIT}\s*(?:${DASH}|\bto\b|\bthrough\b)\s*${NUMBER}${UNIT}`, 'g'),
    (minYears, maxYears) => ({ minYears, maxYears }),
  ],
  [
    new RegExp(String.raw`(?:\b(?:less|fewer) than|\bunder|\bbelow|\bup to|[<\u2264]=?)\s*${NUMBER}${UNIT}`, 'g'),
    (maxYears) => ({ minYears: 0, maxYears }),
  ],
  [
    new RegExp(String.raw`(?:\bmore than|\bover|\babove|\bat least|[>\u2265]=?)\s*${NUMBER}${UNIT}`, 'g'),
    (minYears) => ({ minYears, maxYears: null }),
  ],
  [
    new RegExp(
      String.raw`${NUMBER}${UNIT}\s*(?:\+|\bor (?:more|over|above)\b|\band (?:more|over|above|up)\b)${UNIT}`,
      'g',
    ),
    (minYears) => ({ minYears, maxYears: null }),
  ],
  [new RegExp(String.raw`${NUMBER}\s*(?:years?|yrs?\.?)`, 'g'), (years) => ({ minYears: years, maxYears: years })],
];

/** Of another unit than years. */
const OTHER_UNIT = /\b(?:months?|weeks?|days?|hours?)\b/;

/**
 * The years that the name of a range says: 1 and 4 of `Early Career (1-4 years)`, 0 and 1 of `Less than 1 year`, 20 and no
 * upper end of `20 years or more`. Of a name that says nothing of the kind, or more than one thing, or has
 * other numbers, both are null.
 */
export function experienceYears(name: string | null): ExperienceYears {
  let rest = (name ?? '').toLowerCase();
  if (OTHER_UNIT.test(rest)) return UNKNOWN;
  const found: ExperienceYears[] = [];
  for (const [form, read] of FORMS) {
    rest = rest.replace(form, (_all, first: string, second: unknown) => {
      found.push(read(numberOf(first), numberOf(second)));
      // What was read is not read again as something else.
      return ';';
    });
  }
  const [only, ...others] = found;
  if (!only || others.length > 0 || /\d/.test(rest)) return UNKNOWN;
  const { minYears, maxYears } = only;
  return maxYears !== null && minYears !== null && minYears > maxYears ? UNKNOWN : only;
}

function numberOf(text: unknown): number {
  return text === 'one' || text === 'a' ? 1 : Number(text);
}
