import { AnswerVerdict, type Verdict } from '../../model/answers-check.js';
import { caseKey } from '../../model/letter-case.js';
import type { Suggestion } from '../../model/lookups.js';
import { boundedText } from '../../model/text.js';

/** What a look-up says of an answer. Pure. */

/** As documented, an answer has no more suggestions: what is not among as many may exist nevertheless. */
export const MOST_SUGGESTIONS = 10;

export const EXACT: Verdict = { verdict: AnswerVerdict.EXACT, spelling: null, suggestions: [] };
export const UNCHECKED: Verdict = { verdict: AnswerVerdict.UNCHECKED, spelling: null, suggestions: [] };

/**
 * The verdict on a value in canonical form, given what upstream suggests for the whole of it, at most ten. It is CORRECTED only
 * if exactly one of them differs from it in nothing but letter case.
 */
export function verdictOf(value: string, suggestions: readonly Suggestion[]): Verdict {
  const same = spelledLike(
    value,
    suggestions.map(({ answer }) => canonicalText(answer)),
  );
  if (same.length > 0) return spelled(value, same);
  const isUnknown = suggestions.length < MOST_SUGGESTIONS;
  return { verdict: isUnknown ? AnswerVerdict.UNKNOWN : AnswerVerdict.UNCHECKED, spelling: null, suggestions };
}

/** The verdict on a value of which upstream has these spellings, which differ in letter case alone. Several: none is preferred. */
export function spelled(value: string, spellings: readonly string[]): Verdict {
  if (spellings.includes(value)) return EXACT;
  const [spelling, ...others] = spellings;
  if (spelling === undefined || others.length > 0) return UNCHECKED;
  return { verdict: AnswerVerdict.CORRECTED, spelling, suggestions: [] };
}

function spelledLike(value: string, spellings: readonly (string | null)[]): string[] {
  const key = caseKey(value);
  return [...new Set(spellings)]
    .filter((spelling) => spelling !== null)
    .filter((spelling) => caseKey(spelling) === key);
}

/** As an answer would be sent: with single blanks, for example. Null: it cannot be one. */
export function canonicalText(text: string): string | null {
  try {
    return boundedText(text, 'suggestion') || null;
  } catch {
    return null;
  }
}
