import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson, parseJsonInOrder, unmarked } from '../../src/lib/json.js';

describe('JSON', () => {
  it('is read as always', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.stringify(parseJson(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it('may have a bare NaN or Infinity, which is a number that is not finite', () => {
    const text = '{"a":NaN,"b":[ Infinity , -Infinity,NaN ],"c":{"d": NaN}}';
    expect(parseJson(text)).toEqual({ a: Infinity, b: [Infinity, Infinity, Infinity], c: { d: Infinity } });
  });

  it('keeps these words in texts and keys, also beside escaped quotes', () => {
    const said = { NaN: 'a NaN, Infinity: "NaN"', '\\"': ', NaN ,', '"NaN"': '\\' };
    const text = JSON.stringify({ said, bare: 0 }).replace('"bare":0', '"bare":NaN');
    expect(parseJson(text)).toEqual({ said, bare: Infinity });
  });

  it('keeps any text beside a bare name', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), (said) => {
        expect(parseJson(`{"said":${JSON.stringify(said)},"bare":NaN}`)).toEqual({ said, bare: Infinity });
      }),
    );
  });

  it.each([
    '{NaN:1}',
    '{"a":nan}',
    '{"a":NaNo}',
    '{"a":1NaN}',
    '{"a":--Infinity}',
    '{"a":+Infinity}',
    '{"a":NaN',
    '"NaN',
    '',
  ])('is not read from %s', (text) => expect(() => parseJson(text)).toThrow(SyntaxError));

  it('is not searched again and again for the end of a text that does not end', () => {
    expect(() => parseJson(`[NaN,"${'\\"'.repeat(1_000_000)}`)).toThrow(SyntaxError);
  });
});

describe('JSON whose keys are data', () => {
  it('has them in the order received, whether they look like numbers or not', () => {
    const keysIn = (text: string) => Object.keys(parseJsonInOrder(text) as object).map((key) => unmarked(key));
    expect(keysIn('{"b":1,"2":1,"10" : 1,"a":1,"1":1,"__proto__":1}')).toEqual(['b', '2', '10', 'a', '1', '__proto__']);
  });

  it('has the values unchanged', () => {
    const said = { key: 'x"12":', 'a"7"': '"3": 4', '5': { '6': '7' } };
    const read = parseJsonInOrder(JSON.stringify(said)) as Record<string, unknown>;
    expect(read).toMatchObject({ key: said.key, 'a"7"': '"3": 4' });
    expect(Object.keys(read).map((key) => unmarked(key))).toEqual(['5', 'key', 'a"7"']);
  });
});
