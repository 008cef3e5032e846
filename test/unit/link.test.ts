import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectionPath, followableLink } from '../../src/datasources/jobalyzer/link.js';

const API = 'https://jobalyzer.payscale.com';

describe('a link of upstream', () => {
  it.each([
    ['as documented', `${API}/jobalyzer/v1/reports/pay/abc`, '/jobalyzer/v1/reports/pay/abc'],
    ['with the other version', `${API}/jobalyzer/v2/reports/pay/abc`, '/jobalyzer/v2/reports/pay/abc'],
    ['with a query', `${API}/jobalyzer/v1/x?token=a%2Fb&n=1`, '/jobalyzer/v1/x?token=a%2Fb&n=1'],
    ['without its fragment', `${API}/jobalyzer/v1/x#part`, '/jobalyzer/v1/x'],
    ['if relative', '/jobalyzer/v1/x', '/jobalyzer/v1/x'],
    ['with an explicit default port', `${API}:443/jobalyzer/v1/x`, '/jobalyzer/v1/x'],
    ['with an upper-case host', 'HTTPS://Jobalyzer.PayScale.com/jobalyzer/v1/x', '/jobalyzer/v1/x'],
    ['if protocol-relative', '//jobalyzer.payscale.com/jobalyzer/v1/x', '/jobalyzer/v1/x'],
    ['if relative without a slash', 'jobalyzer/v1/x', '/jobalyzer/v1/x'],
    ['over http', 'http://jobalyzer.payscale.com/jobalyzer/v1/x', '/jobalyzer/v1/x'],
    ['at its path if it has another host', 'https://10.0.0.7:8080/jobalyzer/v1/x', '/jobalyzer/v1/x'],
    ['at its path if it has no host', 'https:///jobalyzer/v1/x', '/jobalyzer/v1/x'],
    ['in another letter case', `${API}/Jobalyzer/V1/Reports/AbC`, '/Jobalyzer/V1/Reports/AbC'],
    ['with a doubled slash', `${API}//jobalyzer/v1//reports/x`, '//jobalyzer/v1//reports/x'],
    ['as a path with a doubled slash', '//jobalyzer/v1/reports/x', '//jobalyzer/v1/reports/x'],
    ['without surrounding blanks', ` \u00a0${API}/jobalyzer/v1/x\r\n`, '/jobalyzer/v1/x'],
    ['with a blank, encoded', `${API}/jobalyzer/v1/a b?c=d e`, '/jobalyzer/v1/a%20b?c=d%20e'],
    ['with other characters, encoded', `${API}/jobalyzer/v1/é?x=\u3000y`, '/jobalyzer/v1/%C3%A9?x=%E3%80%80y'],
    [
      'byte for byte',
      `${API}/jobalyzer/v1/a%20b+c~'(d)?sig=a%2Fb%2fc+d%20e==&=&&x=|"{}`,
      `/jobalyzer/v1/a%20b+c~'(d)?sig=a%2Fb%2fc+d%20e==&=&&x=|"{}`,
    ],
    [
      'with encoded slashes in a name, as in base64',
      `${API}/jobalyzer/v1/x/a%2Fb%2f%252Fc==`,
      '/jobalyzer/v1/x/a%2Fb%2f%252Fc==',
    ],
    ['with dots in its query and in names', `${API}/jobalyzer/v1/a..b/...?x=../y`, '/jobalyzer/v1/a..b/...?x=../y'],
  ])('is followed %s', (_, link, path) => {
    expect(followableLink(link, API)).toBe(path);
  });

  it.each([
    ['with user info', 'https://user:word@jobalyzer.payscale.com/jobalyzer/v1/x'],
    ['with user info that looks like the host', 'https://jobalyzer.payscale.com@example.com/jobalyzer/v1/x'],
    ['with backslashes to another host', '\\\\example.com\\jobalyzer\\v1\\x'],
    ['if it is a script', 'javascript:fetch("/jobalyzer/v1/x")'],
    ['if it is a data URL', 'data:application/json,{}'],
    ['to a file', 'file:///jobalyzer/v1/x'],
    ['if it is a blob of the origin', `blob:${API}/jobalyzer/v1/x`],
    ['over WebSocket', 'wss://jobalyzer.payscale.com/jobalyzer/v1/x'],
    ['with dot segments that stay inside', `${API}/jobalyzer/v1/../v2/x`],
    ['outside the path', `${API}/jobalyzer/../x`],
    ['outside the path by encoded dots', `${API}/jobalyzer/%2e%2e/x`],
    ['outside the path by partly encoded dots', `${API}/jobalyzer/.%2E/x`],
    ['outside the path by dots that are encoded twice', `${API}/jobalyzer/%252e%252e/x`],
    ['outside the path by dots with a parameter', `${API}/jobalyzer/..;a=1/x`],
    ['outside the path by backslashes', `${API}/jobalyzer\\..\\x`],
    ['outside the path after segments inside', `${API}/jobalyzer/v1/../../x`],
    ['to another path', `${API}/admin`],
    ['to another path with the right one in its query', `${API}/admin?/jobalyzer/v1/x`],
    ['to another path with the right one in its fragment', `${API}/admin#/jobalyzer/v1/x`],
    ['to another path that contains the right one', `${API}/admin/jobalyzer/v1/x`],
    ['to a path with the same prefix', `${API}/jobalyzer-admin/x`],
    ['to the base path itself', `${API}/jobalyzer`],
    ['to the root', `${API}/`],
    ['if empty', ''],
    ['if it is not a URL', 'https://'],
    ['if it is very long', `${API}/jobalyzer/v1/${'x'.repeat(9_000)}`],
    ['outside the path by encoded slashes', `${API}/jobalyzer/..%2F..%2Fadmin`],
    ['outside the path by slashes and dots that are encoded twice', `${API}/jobalyzer/x%252f%252e%252e%252fadmin`],
    ['with an encoded slash where the path begins', `${API}/jobalyzer%2fv1/x`],
    ['with an encoded backslash in its path', `${API}/jobalyzer/..%5c..%5cadmin`],
    ['with a twice encoded backslash in its path', `${API}/jobalyzer/v1%255Cx`],
    ['with a line break', `${API}/jobalyzer/v1/\r\nx`],
    ['with a tab in a dot segment', `${API}/jobalyzer/v1/.\t./x`],
    ['with a NUL', `${API}/jobalyzer/v1/x\0y`],
    ['with a delete in its query', `${API}/jobalyzer/v1/x?a=\u007f`],
    ['with a backslash that stays inside', `${API}/jobalyzer\\v1\\x`],
  ])('is not followed %s', (_, link) => {
    expect(followableLink(link, API)).toBeNull();
  });

  it('is followed below the base path, which it need not have', () => {
    for (const base of ['https://gateway.example/payscale', 'https://gateway.example/payscale/']) {
      expect(followableLink('https://gateway.example/payscale/jobalyzer/v1/x', base)).toBe('/payscale/jobalyzer/v1/x');
      expect(followableLink(`${API}/jobalyzer/v1/x?a=%20`, base)).toBe('/payscale/jobalyzer/v1/x?a=%20');
      expect(followableLink('https://gateway.example/other/jobalyzer/v1/x', base)).toBeNull();
      expect(followableLink('https://gateway.example/payscale/../jobalyzer/v1/x', base)).toBeNull();
    }
  });

  it('never leaves the origin and the path, for any text', () => {
    const piece = fc.constantFrom(
      'https:',
      '//',
      '/',
      '\\',
      '..',
      '%2e',
      '@',
      ':',
      '?',
      '#',
      'jobalyzer',
      'v1',
      API,
      ' ',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 10 }), (pieces) => {
        const path = followableLink(pieces.join(''), API);
        if (path === null) return;
        // As a request line is read: the path follows the origin.
        const asked = new URL(`${API}${path}`);
        expect(asked.origin).toBe(API);
        expect(asked.pathname.replaceAll(/\/+/g, '/').startsWith('/jobalyzer/')).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the path for collecting a stored link', () => {
  it('is complete if there is nothing but a query', () => {
    expect(collectionPath('?customerId=1&user=2', 'acme')).toBe('?customerId=1&user=2');
  });

  it('adds the customer as customerId and user to the query', () => {
    expect(collectionPath('/jobalyzer/v1/x', 'acme')).toBe('/jobalyzer/v1/x?customerId=acme&user=acme');
    expect(collectionPath('/jobalyzer/v1/x?a=1', 'acme')).toBe('/jobalyzer/v1/x?a=1&customerId=acme&user=acme');
  });

  it('adds each only where it is missing, in any letter case and encoding, and changes nothing else', () => {
    expect(collectionPath('/jobalyzer/v1/x?customerId=other&a=%20+b', 'acme')).toBe(
      '/jobalyzer/v1/x?customerId=other&a=%20+b&user=acme',
    );
    const complete = '/jobalyzer/v1/x?CustomerId=other&%55SER=&sig=a%2Fb%20c+d==';
    expect(collectionPath(complete, 'acme')).toBe(complete);
    expect(collectionPath('/jobalyzer/v1/x?superuser=1&b=user&%zz', 'acme')).toBe(
      '/jobalyzer/v1/x?superuser=1&b=user&%zz&customerId=acme&user=acme',
    );
    expect(collectionPath('/jobalyzer/v1/x?', 'acme')).toBe('/jobalyzer/v1/x?customerId=acme&user=acme');
    expect(collectionPath('/jobalyzer/v1/x?a&', 'acme')).toBe('/jobalyzer/v1/x?a&customerId=acme&user=acme');
  });

  it('encodes special characters in the customer', () => {
    expect(collectionPath('/jobalyzer/v1/x', 'a&user=b #c')).toBe(
      '/jobalyzer/v1/x?customerId=a%26user%3Db%20%23c&user=a%26user%3Db%20%23c',
    );
  });
});
