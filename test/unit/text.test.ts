import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedText, LONGEST_GIVEN_TEXT, LONGEST_TEXT } from '../../src/model/text.js';

/** One text otherwise written. All of them are `Zürich Oerlikon`. */
const SPELLINGS: [what: string, text: string][] = [
  ['a zero-width space', 'Zürich\u200b Oerlikon'],
  ['a zero-width joiner and non-joiner', 'Zü\u200drich Oer\u200clikon'],
  ['a word joiner', 'Zürich \u2060Oerlikon'],
  ['a byte order mark', '\ufeffZürich Oerlikon'],
  ['a Mongolian vowel separator', 'Zürich\u180e Oerlikon'],
  ['direction marks', '\u200eZürich\u200f Oerlikon\u061c'],
  ['embeddings and overrides', '\u202aZürich\u202c \u202dOerlikon\u202c'],
  ['isolates', '\u2066Zürich\u2069 \u2068Oerlikon\u2069'],
  ['a soft hyphen', 'Zürich Oer\u00adlikon'],
  ['variation selectors', 'Zürich\ufe0e Oerlikon\u{e0101}'],
  ['tag characters', 'Zürich Oerlikon\u{e0063}\u{e0068}\u{e007f}'],
  ['fillers', 'Zürich\u3164 Oer\uffa0likon'],
  ['a grapheme joiner before a mark', 'Zu\u034f\u0308rich Oerlikon'],
  ['invisible operators', 'Zürich\u2063 Oerlikon'],
  ['anchors of an annotation', '\ufff9Zürich\ufffb Oerlikon'],
  ['a no-break space', 'Zürich\u00a0Oerlikon'],
  ['a narrow no-break space', 'Zürich\u202fOerlikon'],
  ['a figure space', 'Zürich\u2007Oerlikon'],
  ['an ideographic space', 'Zürich\u3000Oerlikon'],
  ['doubled blanks', 'Zürich  Oerlikon'],
  ['blanks of several kinds', 'Zürich \u00a0\u2003 Oerlikon'],
  ['blanks with an invisible character between them', 'Zürich \u200b Oerlikon'],
  ['the end of a line', 'Zürich Oerlikon\r\n'],
  ['a carriage return', 'Zürich Oerlikon\r'],
  ['line breaks and tabs on both sides', '\t\r\n Zürich Oerlikon \n\n'],
  ['a line break behind a mark', 'Zürich Oerlikon\n\u200e'],
  ['a decomposed letter', 'Zu\u0308rich Oerlikon'],
];

describe('a text', () => {
  it.each(SPELLINGS)('is the same text with %s', (_, text) => {
    expect(boundedText(text, 'city')).toBe('Zürich Oerlikon');
  });

  it.each([
    ['Cyrillic', 'Z\u00fcri\u0441h Oerlikon'],
    ['full-width', 'Z\u00fcrich \uff2ferlikon'],
    ['of another case', 'zürich Oerlikon'],
    ['without an accent', 'Zurich Oerlikon'],
    ['without a space', 'ZürichOerlikon'],
    ['with a hyphen', 'Zürich-Oerlikon'],
    ['with a no-break hyphen', 'Zürich\u2011Oerlikon'],
  ])('is another one if a letter looks alike or is spelt otherwise: %s', (_, text) => {
    expect(boundedText(text, 'city')).toBe(text);
  });

  it('is in canonical form once it has been brought there', () => {
    fc.assert(
      fc.property(anyText, (given) => {
        const text = textOf(given);
        fc.pre(text !== null);
        expect(boundedText(text, 'city')).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('without invisible characters and unusual blanks is what it was in the first release, so that ids stay', () => {
    fc.assert(
      fc.property(anyText, (given) => {
        fc.pre(!INVISIBLE.test(given) && !/[^\P{Zs} ]|  |\ufffd/u.test(given.trim()) && !/\p{Cc}/u.test(given));
        expect(textOf(given)).toBe(firstText(given));
      }),
      { numRuns: 2_000 },
    );
  });

  it('of plain words is the same whether it is read at length or not', () => {
    const word = fc.string({
      unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
      minLength: 1,
    });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
        const text = words.join(' ');
        const atLength = textOf(`${text}\u200b`);
        expect(textOf(text)).toBe(atLength);
        expect(atLength).toBe(text.length > LONGEST_TEXT ? null : text);
      }),
    );
  });

  it('is not read at all if it is longer than any text that could be accepted', () => {
    expect(boundedText(`a${' '.repeat(LONGEST_GIVEN_TEXT - 1)}`, 'city')).toBe('a');
    expect(() => boundedText(`a${' '.repeat(LONGEST_GIVEN_TEXT)}`, 'city')).toThrow('at most 200 characters');
  });

  it('loses exactly what has no form of its own', () => {
    const lost: number[] = [];
    const ignorable: number[] = [];
    for (let first = 0; first < 0x110000; first += 0x100) {
      if (first >= 0xd800 && first < 0xe000) continue;
      const block = Array.from({ length: 0x100 }, (_, index) => first + index).filter((code) => code !== 0xfffd);
      const seen = new Set(block.filter((code) => code > 0xa0 && textOf(`a${String.fromCodePoint(code)}b`) === 'ab'));
      lost.push(...seen);
      ignorable.push(...codesIn(block, /\p{Default_Ignorable_Code_Point}+/gu));
    }
    expect(lost).toEqual([...ignorable, 0xfff9, 0xfffa, 0xfffb].sort((a, b) => a - b));
  });
});

const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/u;

const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 4 }),
      fc.string({ unit: 'binary', maxLength: 2 }),
      fc.constantFrom(' ', '  ', '\u00a0', '\u200b', '\u200d', '\u00ad', '\ufe0f', 'e\u0301', '\u0301', '\u2028', '\n'),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

/** Null if it is refused. */
function textOf(given: string): string | null {
  try {
    return boundedText(given, 'text');
  } catch {
    return null;
  }
}

/** The canonical form in the first release, which the ids of its reports were made from. Never change it. */
function firstText(given: string): string | null {
  if (/\p{Cc}/u.test(given) || !given.isWellFormed()) return null;
  const text = /^[\p{Z}\p{C}]*$/u.test(given) ? '' : given.trim().normalize('NFC');
  return /[\p{Zl}\p{Zp}]/u.test(text) || [...text].length > 200 ? null : text;
}

function codesIn(block: readonly number[], pattern: RegExp): number[] {
  return [...String.fromCodePoint(...block).matchAll(pattern)].flatMap(([run]) =>
    [...run].map((character) => character.codePointAt(0) ?? 0),
  );
}
