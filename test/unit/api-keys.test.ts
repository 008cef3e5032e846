import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_KEYS, parseApiKeys, parseApiKeysFile, repeatedKey, sha256Of } from '../../src/lib/api-keys.js';
import { ApiError } from '../../src/errors.js';
import { authenticateByApiKey } from '../../src/graphql/authentication/api-keys.js';
import type { Credentials, Identity } from '../../src/graphql/authentication/authenticate.js';
import { clientNamed } from '../fixtures/clients.js';

const KEY = 'a-key-of-sixteen+';
const OTHER = 'another-key-of-sixteen';
const HASH = sha256Of(KEY).toString('hex');

describe('a list of API keys', () => {
  it.each([
    ['pairs between commas', `shop:${KEY}, app:${OTHER}`],
    ['a hash in the place of a key', `shop:sha256=${HASH},app:${OTHER}`],
    ['a hash in capitals', `shop:SHA256=${HASH.toUpperCase()},app:${OTHER}`],
  ])('has %s', (_, list) => {
    expect(parseApiKeys(list, 16)).toEqual({
      keys: [
        { name: 'shop', sha256: sha256Of(KEY) },
        { name: 'app', sha256: sha256Of(OTHER) },
      ],
      problems: [],
    });
  });

  it('may have several keys of one name, so that a key can be replaced', () => {
    expect(parseApiKeys(`shop:${KEY},shop:${OTHER}`, 16).keys.map(({ name }) => name)).toEqual(['shop', 'shop']);
  });

  it('takes what follows the first colon as the key', () => {
    expect(parseApiKeys('shop:with:colons:in:it', 1).keys).toEqual([
      { name: 'shop', sha256: sha256Of('with:colons:in:it') },
    ]);
  });

  it.each([
    ['shop', 'entry 1 is not of the form name:key'],
    [`shop:${KEY},`, 'entry 2 is not of the form name:key'],
    ['shop:', 'entry 1 (shop) has an empty key'],
    [`:${KEY}`, 'entry 1 has a name that is not'],
    [`my shop:${KEY}`, 'entry 1 has a name that is not'],
    [`${'n'.repeat(101)}:${KEY}`, 'entry 1 has a name that is not'],
    ['shop:fifteen-letters', 'entry 1 (shop) has a key of 15 characters; at least 16 are needed'],
    ['shop:sixteen characters', 'entry 1 (shop) has a key with characters that are not visible ASCII'],
    ['shop:zw\u00f6lf-boxk\u00e4mpfer', 'entry 1 (shop) has a key with characters that are not visible ASCII'],
    [`shop:sha256=${HASH.slice(1)}`, 'entry 1 (shop) has no SHA-256 of 64 hexadecimal digits'],
    [`shop:sha256=${HASH}0`, 'entry 1 (shop) has no SHA-256 of 64 hexadecimal digits'],
    [`shop:${KEY},app:${KEY}`, 'has one key twice (shop and app)'],
    [`shop:${KEY},shop:sha256=${HASH}`, 'has one key twice (shop and shop)'],
    [
      Array.from({ length: MOST_KEYS + 1 }, (_, index) => `shop:a-different-key-${index}`).join(','),
      `has ${MOST_KEYS + 1} keys; at most ${MOST_KEYS} are allowed`,
    ],
  ])('says what is wrong with %j, without the key', (list, problem) => {
    const { problems } = parseApiKeys(list, 16);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
    expect(problems[0]).not.toContain(KEY);
  });

  it('accepts a key of any length where none is asked for', () => {
    expect(parseApiKeys('shop:x', 1).problems).toEqual([]);
  });

  it('never quotes what it does not understand', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8, unit: 'grapheme' }), (key) => {
        const secret = `${key}\u0000${key}`;
        for (const problem of parseApiKeys(`shop:${secret}`, 16).problems) expect(problem).not.toContain(secret);
      }),
    );
  });
});

describe('a file of API keys', () => {
  it('has one a line, with blank lines and comments between them', () => {
    const text = `\ufeff# keys of the shop\r\nshop:${KEY}\r\n\r\n  # of the app\n  app:${OTHER}  \n`;
    expect(parseApiKeysFile(text, 16)).toEqual(parseApiKeys(`shop:${KEY},app:${OTHER}`, 16));
  });

  it('may have commas in its keys', () => {
    expect(parseApiKeysFile('shop:one,two,three,four', 16).keys).toEqual([
      { name: 'shop', sha256: sha256Of('one,two,three,four') },
    ]);
  });

  it('names the line of a problem', () => {
    expect(parseApiKeysFile(`# keys\nshop:${KEY}\napp\n`, 16).problems).toEqual(['line 3 is not of the form name:key']);
  });
});

it('the same key in two lists is found', () => {
  const { keys } = parseApiKeys(`shop:${KEY}`, 16);
  expect(repeatedKey([...keys, ...parseApiKeysFile(`app:${KEY}`, 16).keys])).toContain('(shop and app)');
  expect(repeatedKey([...keys, ...parseApiKeysFile(`app:${OTHER}`, 16).keys])).toBeNull();
});

describe('an API key', () => {
  let keys = parseApiKeys(`shop:${KEY},app:${OTHER}`, 16).keys;
  const authenticate = authenticateByApiKey({ keys: () => keys, clientNamed });
  const identify = (given: Partial<Credentials>): Identity => {
    const identity = authenticate({ apiKey: null, authorization: null, ...given });
    if (identity instanceof Promise) throw new Error('Keys are compared at once.');
    return identity;
  };

  it.each<[Partial<Credentials>, string]>([
    [{ apiKey: KEY }, 'shop'],
    [{ apiKey: OTHER }, 'app'],
    [{ authorization: `Bearer ${KEY}` }, 'shop'],
    [{ authorization: `bearer  ${OTHER} ` }, 'app'],
    [{ apiKey: OTHER, authorization: 'Basic of-a-proxy' }, 'app'],
    [{ apiKey: OTHER, authorization: `Bearer ${KEY}` }, 'app'],
  ])('proves whose it is: %j', (given, name) => {
    expect(identify(given).client.name).toBe(name);
  });

  it.each<Partial<Credentials>>([
    {},
    { apiKey: '' },
    { apiKey: `${KEY.slice(0, -1)},` },
    { apiKey: KEY.slice(0, -1) },
    { apiKey: `${KEY}x` },
    { apiKey: ` ${KEY}` },
    { apiKey: KEY.toUpperCase() },
    { apiKey: HASH },
    { apiKey: `sha256=${HASH}` },
    { apiKey: 'shop' },
    { apiKey: `shop:${KEY}` },
    { apiKey: 'unknown', authorization: `Bearer ${KEY}` },
    { authorization: KEY },
    { authorization: `Basic ${KEY}` },
    { authorization: `Bearer ${KEY} ${KEY}` },
    { authorization: 'Bearer ' },
  ])('that is none is refused: %j', (given) => {
    expect(() => identify(given)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
  });

  it('is accepted whichever its last byte is, and no other is', () => {
    const last = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
    fc.assert(
      fc.property(last, last, (one, other) => {
        const start = 'the-same-for-both-';
        const check = authenticateByApiKey({
          keys: () => parseApiKeysFile(`shop:${start}${one}`, 16).keys,
          clientNamed,
        });
        const accepts = (apiKey: string): boolean => {
          try {
            return Boolean(check({ apiKey, authorization: null }));
          } catch (error) {
            if (error instanceof ApiError) return false;
            throw error;
          }
        };
        expect(accepts(start + one)).toBe(true);
        expect(accepts(start + other)).toBe(one === other);
      }),
    );
  });

  it('ends when it is withdrawn or becomes another client’s, and not when other keys change', () => {
    const shop = identify({ apiKey: KEY });
    const app = identify({ apiKey: OTHER });
    const before = keys;
    keys = parseApiKeys(`shop:${KEY},shop:one-more-key-of-the-shop`, 16).keys;
    expect([shop.ended(), app.ended()]).toEqual([null, expect.objectContaining({ code: 'UNAUTHENTICATED' })]);
    keys = parseApiKeys(`app:${KEY}`, 16).keys;
    expect(shop.ended()).toMatchObject({ code: 'UNAUTHENTICATED' });
    keys = before;
    expect([shop.ended(), app.ended()]).toEqual([null, null]);
  });
});
