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
    ['with dot segments that stay inside', `${API}/jobalyzer/v1/../v2/x`, '/jobalyzer/v2/x'],
    ['if protocol-relative', '//jobalyzer.payscale.com/jobalyzer/v1/x', '/jobalyzer/v1/x'],
  ])('is followed %s', (_, link, path) => {
    expect(followableLink(link, API)).toBe(path);
  });

  it.each([
    ['to another host', 'https://example.com/jobalyzer/v1/x'],
    ['to a host with the same prefix', 'https://jobalyzer.payscale.com.example.com/jobalyzer/v1/x'],
    ['to the parent domain', 'https://payscale.com/jobalyzer/v1/x'],
    ['to a subdomain', 'https://a.jobalyzer.payscale.com/jobalyzer/v1/x'],
    ['to a host with a trailing dot', 'https://jobalyzer.payscale.com./jobalyzer/v1/x'],
    ['to another port', `${API}:8443/jobalyzer/v1/x`],
    ['over http', 'http://jobalyzer.payscale.com/jobalyzer/v1/x'],
    ['with user info', 'https://user:word@jobalyzer.payscale.com/jobalyzer/v1/x'],
    ['with only a user', 'https://user@jobalyzer.payscale.com/jobalyzer/v1/x'],
    ['with only a password', 'https://:word@jobalyzer.payscale.com/jobalyzer/v1/x'],
    ['with user info that looks like the host', 'https://jobalyzer.payscale.com@example.com/jobalyzer/v1/x'],
    ['if protocol-relative to another host', '//example.com/jobalyzer/v1/x'],
    ['with backslashes to another host', '\\\\example.com\\jobalyzer\\v1\\x'],
    ['if it is a script', 'javascript:fetch("/jobalyzer/v1/x")'],
    ['if it is a data URL', 'data:application/json,{}'],
    ['to a file', 'file:///jobalyzer/v1/x'],
    ['if it is a blob of the origin', `blob:${API}/jobalyzer/v1/x`],
    ['over WebSocket', 'wss://jobalyzer.payscale.com/jobalyzer/v1/x'],
    ['outside the path', `${API}/jobalyzer/../x`],
    ['outside the path by encoded dots', `${API}/jobalyzer/%2e%2e/x`],
    ['outside the path by partly encoded dots', `${API}/jobalyzer/.%2E/x`],
    ['outside the path by backslashes', `${API}/jobalyzer\\..\\x`],
    ['outside the path after segments inside', `${API}/jobalyzer/v1/../../x`],
    ['to another path', `${API}/admin`],
    ['to a path with the same prefix', `${API}/jobalyzer-admin/x`],
    ['to the base path itself', `${API}/jobalyzer`],
    ['to the path in another letter case', `${API}/Jobalyzer/v1/x`],
    ['to the root', `${API}/`],
    ['if empty', ''],
    ['if it is not a URL', 'https://'],
    ['with an encoded slash in its path', `${API}/jobalyzer/v1%2fx`],
    ['with an upper-case encoded slash in its path', `${API}/jobalyzer/..%2F..%2Fadmin`],
    ['with an encoded backslash in its path', `${API}/jobalyzer/..%5c..%5cadmin`],
    ['with an upper-case encoded backslash in its path', `${API}/jobalyzer/v1%5Cx`],
    ['with a space', `${API}/jobalyzer/v1/a b`],
    ['with a leading space', ` ${API}/jobalyzer/v1/x`],
    ['with a trailing space', `${API}/jobalyzer/v1/x `],
    ['with an ideographic space', `${API}/jobalyzer/v1/a\u3000b`],
    ['with a line break', `${API}/jobalyzer/v1/\r\nx`],
    ['with a tab in a dot segment', `${API}/jobalyzer/v1/.\t./x`],
    ['with a NUL', `${API}/jobalyzer/v1/x\0`],
    ['with a delete in its query', `${API}/jobalyzer/v1/x?a=\u007f`],
    ['with a backslash that stays inside', `${API}/jobalyzer\\v1\\x`],
  ])('is not followed %s', (_, link) => {
    expect(followableLink(link, API)).toBeNull();
  });

  it('is followed only below the base path, if there is one', () => {
    for (const base of ['https://gateway.example/payscale', 'https://gateway.example/payscale/']) {
      expect(followableLink('https://gateway.example/payscale/jobalyzer/v1/x', base)).toBe('/payscale/jobalyzer/v1/x');
      expect(followableLink('https://gateway.example/jobalyzer/v1/x', base)).toBeNull();
      expect(followableLink('https://gateway.example/payscale/../jobalyzer/v1/x', base)).toBeNull();
    }
  });

  it('is followed only to the configured port on loopback', () => {
    expect(followableLink('http://127.0.0.1:5000/jobalyzer/v1/x', 'http://127.0.0.1:5000')).toBe('/jobalyzer/v1/x');
    expect(followableLink('http://127.0.0.1:5001/jobalyzer/v1/x', 'http://127.0.0.1:5000')).toBeNull();
    expect(followableLink('http://localhost:5000/jobalyzer/v1/x', 'http://127.0.0.1:5000')).toBeNull();
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
        const asked = new URL(path, API);
        expect(asked.origin).toBe(API);
        expect(asked.pathname.startsWith('/jobalyzer/')).toBe(true);
        expect(`${asked.pathname}${asked.search}`).toBe(path);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the path for collecting a stored link', () => {
  it('adds the customer as customerId and user to the query', () => {
    expect(collectionPath('/jobalyzer/v1/x', 'acme')).toBe('/jobalyzer/v1/x?customerId=acme&user=acme');
    expect(collectionPath('/jobalyzer/v1/x?a=1', 'acme')).toBe('/jobalyzer/v1/x?a=1&customerId=acme&user=acme');
  });

  it('replaces other customers in the link', () => {
    const path = collectionPath('/jobalyzer/v1/x?customerId=other&customerId=third&user=other', 'acme');
    expect(path).toBe('/jobalyzer/v1/x?customerId=acme&user=acme');
  });

  it('replaces other customers in PascalCase', () => {
    const { searchParams } = new URL(collectionPath('/jobalyzer/v1/x?CustomerId=other&User=other', 'acme'), API);
    expect([...searchParams.values()]).toEqual(['acme', 'acme']);
  });

  it('encodes special characters in the customer', () => {
    expect(collectionPath('/jobalyzer/v1/x', 'a&user=b #c')).toBe(
      '/jobalyzer/v1/x?customerId=a%26user%3Db+%23c&user=a%26user%3Db+%23c',
    );
  });
});
