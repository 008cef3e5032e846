import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withCookies } from '../../src/datasources/jobalyzer/cookies.js';

describe('the cookies for the next request', () => {
  it.for<[string, string | null, string | string[] | undefined, string | null]>([
    ['none of either', null, undefined, null],
    ['nothing new', 'a=1; b=2', undefined, 'a=1; b=2'],
    ['a cookie with its attributes left out', null, 'ARRAffinity=x1; Path=/; HttpOnly; Secure', 'ARRAffinity=x1'],
    ['several headers', null, ['a=1; Path=/', 'b=2'], 'a=1; b=2'],
    ['a new value', 'a=1; b=2', 'a=3', 'b=2; a=3'],
    ['an empty value', null, 'a=', 'a='],
    ['a quoted value', null, 'a="x y"', null],
    ['a quoted value without a space', null, 'a="x"', 'a="x"'],
    ['one that is taken back', 'a=1; b=2', 'a=; Max-Age=0', 'b=2'],
    ['the only one taken back', 'a=1', 'a=; max-age=-5', null],
    ['a lasting one', null, 'a=1; Max-Age=3600', 'a=1'],
    ['no cookie at all', 'a=1', 'nonsense', 'a=1'],
    ['a line break', null, 'a=1\r\nauthorization: x', null],
    ['one that is too long', 'a=1', `b=${'x'.repeat(5_000)}`, null],
  ])('are right after %s', ([, before, header, after]) => {
    expect(withCookies(before, header)).toBe(after);
  });

  it('are the latest eight', () => {
    const headers = Array.from({ length: 20 }, (_, index) => `c${index}=${index}`);
    expect(withCookies('old=1', headers)?.split('; ')).toEqual(headers.slice(-8));
  });

  it('are at most 4,096 characters; the oldest go first', () => {
    const rest = `; b=${'x'.repeat(2_000)}; c=`;
    const fitting = 4_096 - 'a=1'.length - rest.length;
    expect(withCookies(`a=1${rest}${'y'.repeat(fitting)}`, undefined)).toHaveLength(4_096);
    expect(withCookies(`a=1${rest}${'y'.repeat(fitting + 1)}`, undefined)).toMatch(/^b=x+; c=y+$/);
  });

  it('are always one header, short and of the characters that a cookie may have, whatever upstream sends', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), fc.array(fc.string()), (first, second) => {
        const cookies = withCookies(withCookies(null, first), second);
        expect(cookies === null || (/^[\x21-\x7e]+=[\x20-\x7e]*$/.test(cookies) && cookies.length <= 4_096)).toBe(true);
      }),
    );
  });
});
