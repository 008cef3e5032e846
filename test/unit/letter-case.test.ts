import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseKey } from '../../src/model/letter-case.js';

/** Letters whose cases are no pairs, marks that compose with them, and what has no case. */
const UNITS = [
  ...lettersOf('aAbBsSiIıİeEéÉhHẖσςΣθΘϴϑßẞſµμΜкКǆǅǄ'),
  ...['\u0307', '\u0301', '\u0331', '\u0345', '\u1e9b', '\u1fbe'],
  ...lettersOf(' .,-#+&1\u00b2'),
];
const text = fc.string({ unit: fc.constantFrom(...UNITS), maxLength: 6 }).map((given) => given.normalize('NFC'));
const anyText = fc.string({ unit: 'grapheme', maxLength: 20 }).map((given) => given.normalize('NFC'));
/** Each letter is another one in each case, and the only one. */
const paired = fc.string({
  unit: fc.constantFrom(...lettersOf('abxyzäéñøçджщαβγ -+#.,')),
  minLength: 1,
  maxLength: 30,
});

describe('the key of a text', () => {
  it('is the same for every letter case', () => {
    fc.assert(
      fc.property(paired, fc.infiniteStream(fc.boolean()), (given, capitals) => {
        const written = lettersOf(given)
          .map((letter) => (capitals.next().value ? letter.toUpperCase() : letter))
          .join('');
        expect(caseKey(written)).toBe(caseKey(given));
      }),
    );
  });

  it('is another one for texts that differ in more than letter case', () => {
    const pairs = fc.oneof(fc.tuple(text, text), text.chain(withOneReplaced), fc.tuple(anyText, anyText));
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        expect(caseKey(a) === caseKey(b) && !differInCaseOnly(a, b), `${a} ${b}`).toBe(false);
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['ΟΔΟΣ', 'οδος'],
    ['STRAẞE', 'Straße'],
    ['İZMİR', 'i̇zmi̇r'],
    ['ÉCOLE', 'e\u0301cole'.normalize('NFC')],
    ['H\u0331', '\u1e96'],
    ['ЖЁЛУДЬ', 'жёлудь'],
    ['Ǆ', 'ǅ'],
  ])('is the same for %s and %s', (a, b) => expect(caseKey(a)).toBe(caseKey(b)));

  it.each([
    ['C', 'C#'],
    ['C#', 'C++'],
    ['York', 'New York'],
    ['STRASSE', 'Straße'],
    ['İzmir', 'Izmir'],
    ['ı', 'i'],
    ['I', 'ı'],
    ['É', 'E'],
    ['ſ', 's'],
    ['µ', 'μ'],
    ['ϴ', 'Θ'],
    ['ﬁ', 'fi'],
    ['x²', 'x2'],
    ['Nurse, RN', 'Nurse RN'],
  ])('is another one for %s and %s', (a, b) => expect(caseKey(a)).not.toBe(caseKey(b)));
});

function withOneReplaced(given: string): fc.Arbitrary<[string, string]> {
  const letters = lettersOf(given);
  const place = fc.nat(letters.length);
  return fc.tuple(place, fc.constantFrom(...UNITS)).map(([at, unit]) => {
    const replaced = [...letters.slice(0, at), unit, ...letters.slice(at + 1)];
    return [given, replaced.join('').normalize('NFC')];
  });
}

/** Letter by letter, with marks by themselves. */
function differInCaseOnly(a: string, b: string): boolean {
  const [left, right] = [a, b].map((given) => lettersOf(given.normalize('NFD')));
  if (!left || !right || left.length !== right.length) return false;
  return left.every((letter, index) => isOtherCase(letter, right[index] ?? ''));
}

function isOtherCase(a: string, b: string): boolean {
  const cases = (letter: string): string[] => [letter, letter.toLowerCase(), letter.toUpperCase()];
  return (cases(a).includes(b) || cases(b).includes(a)) && !isSymbolOf(a, b) && !isSymbolOf(b, a);
}

/** Letters of one sound that look different in both cases, whose capital is nevertheless the same in Unicode's tables. */
function isSymbolOf(a: string, b: string): boolean {
  return ['ϴΘ', 'ϴθ', 'ϑΘ', 'ſS', 'ſs', 'µΜ', '\u0345Ι', '\u1fbeΙ'].includes(a + b);
}

function lettersOf(text: string): string[] {
  return Array.from(text);
}
