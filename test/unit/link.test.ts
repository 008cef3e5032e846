import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectionPath, followableLink } from '../../src/datasources/jobalyzer/link.js';

const API = 'https://jobalyzer.payscale.com';

describe('a link of upstream', () => {
  it.each([
    ['as documented', `${API}/jobalyzer/v1/reports/pay/abc`, '/jobalyzer/v1/reports/pay/abc'],
    ['of the other version', `${API}/jobalyzer/v2/reports/pay/abc`, '/jobalyzer/v2/reports/pay/abc'],
    ['with a query', `${API}/jobalyzer/v1/x?token=a%2Fb&n=1`, '/jobalyzer/v1/x?token=a%2Fb&n=1'],
    ['with a fragment, which is never sent', `${API}/jobalyzer/v1/x#part`, '/jobalyzer/v1/x'],
    ['that is relative', '/jobalyzer/v1/x', '/jobalyzer/v1/x'],
    ['with the default port spelled out', `${API}:443/jobalyzer/v1/x`, '/jobalyzer/v1/x'],
    ['with its host in capitals', 'HTTPS://Jobalyzer.PayScale.com/jobalyzer/v1/x', '/jobalyzer/v1/x'],
    ['with steps that stay inside', `${API}/jobalyzer/v1/../v2/x`, '/jobalyzer/v2/x'],
    ['that names the origin without its scheme', '//jobalyzer.payscale.com/jobalyzer/v1/x', '/jobalyzer/v1/x'],
  ])('is followed %s, by its path and query', (_, link, path) => {
    expect(followableLink(link, API)).toBe(path);
  });

  it.each([
    ['to another host', 'https://example.com/jobalyzer/v1/x'],
    ['to a host that begins like it', 'https://jobalyzer.payscale.com.example.com/jobalyzer/v1/x'],
    ['to a host above it', 'https://payscale.com/jobalyzer/v1/x'],
    ['to a host below it', 'https://a.jobalyzer.payscale.com/jobalyzer/v1/x'],
    ['to a host with a dot at its end', 'https://jobalyzer.payscale.com./jobalyzer/v1/x'],
    ['to another port', `${API}:8443/jobalyzer/v1/x`],
    ['in the clear', 'http://jobalyzer.payscale.com/jobalyzer/v1/x'],
    ['with user info', 'https://user:word@jobalyzer.payscale.com/jobalyzer/v1/x'],
    ['with a user alone', 'https://user@jobalyzer.payscale.com/jobalyzer/v1/x'],
    ['with a password alone', 'https://:word@jobalyzer.payscale.com/jobalyzer/v1/x'],
    ['whose user info looks like the host', 'https://jobalyzer.payscale.com@example.com/jobalyzer/v1/x'],
    ['without a scheme to another host', '//example.com/jobalyzer/v1/x'],
    ['with backslashes to another host', '\\\\example.com\\jobalyzer\\v1\\x'],
    ['that is script', 'javascript:fetch("/jobalyzer/v1/x")'],
    ['that is data', 'data:application/json,{}'],
    ['to a file', 'file:///jobalyzer/v1/x'],
    ['that is a blob of the origin', `blob:${API}/jobalyzer/v1/x`],
    ['over a websocket', 'wss://jobalyzer.payscale.com/jobalyzer/v1/x'],
    ['out of the path', `${API}/jobalyzer/../x`],
    ['out of the path, encoded', `${API}/jobalyzer/%2e%2e/x`],
    ['out of the path, half encoded', `${API}/jobalyzer/.%2E/x`],
    ['out of the path by backslashes', `${API}/jobalyzer\\..\\x`],
    ['out of the path after steps inside', `${API}/jobalyzer/v1/../../x`],
    ['to another path', `${API}/admin`],
    ['to a path that begins like it', `${API}/jobalyzer-admin/x`],
    ['to the path itself', `${API}/jobalyzer`],
    ['to the path in other letters', `${API}/Jobalyzer/v1/x`],
    ['to the root', `${API}/`],
    ['to nowhere', ''],
    ['that is no URL', 'https://'],
    ['with an encoded slash in its path', `${API}/jobalyzer/v1%2fx`],
    ['with an encoded slash in its path, in capitals', `${API}/jobalyzer/..%2F..%2Fadmin`],
    ['with an encoded backslash in its path', `${API}/jobalyzer/..%5c..%5cadmin`],
    ['with an encoded backslash in its path, in capitals', `${API}/jobalyzer/v1%5Cx`],
    ['with a blank within', `${API}/jobalyzer/v1/a b`],
    ['with a blank before it', ` ${API}/jobalyzer/v1/x`],
    ['with a blank after it', `${API}/jobalyzer/v1/x `],
    ['with a wide blank within', `${API}/jobalyzer/v1/a\u3000b`],
    ['with a line break within', `${API}/jobalyzer/v1/\r\nx`],
    ['with a tab amid its steps', `${API}/jobalyzer/v1/.\t./x`],
    ['with a NUL', `${API}/jobalyzer/v1/x\0`],
    ['with a delete in its query', `${API}/jobalyzer/v1/x?a=\u007f`],
    ['with a backslash that stays inside', `${API}/jobalyzer\\v1\\x`],
  ])('is not followed %s', (_, link) => {
    expect(followableLink(link, API)).toBeNull();
  });

  it('is followed below the base path where there is one, and only there', () => {
    for (const base of ['https://gateway.example/payscale', 'https://gateway.example/payscale/']) {
      expect(followableLink('https://gateway.example/payscale/jobalyzer/v1/x', base)).toBe('/payscale/jobalyzer/v1/x');
      expect(followableLink('https://gateway.example/jobalyzer/v1/x', base)).toBeNull();
      expect(followableLink('https://gateway.example/payscale/../jobalyzer/v1/x', base)).toBeNull();
    }
  });

  it('to the configured port of loopback is followed, to another is not', () => {
    expect(followableLink('http://127.0.0.1:5000/jobalyzer/v1/x', 'http://127.0.0.1:5000')).toBe('/jobalyzer/v1/x');
    expect(followableLink('http://127.0.0.1:5001/jobalyzer/v1/x', 'http://127.0.0.1:5000')).toBeNull();
    expect(followableLink('http://localhost:5000/jobalyzer/v1/x', 'http://127.0.0.1:5000')).toBeNull();
  });

  it('never leaves the origin and the path, whatever its text', () => {
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

describe('the path to collect a kept link', () => {
  it('names the customer twice beside what the link says', () => {
    expect(collectionPath('/jobalyzer/v1/x', 'acme')).toBe('/jobalyzer/v1/x?customerId=acme&user=acme');
    expect(collectionPath('/jobalyzer/v1/x?a=1', 'acme')).toBe('/jobalyzer/v1/x?a=1&customerId=acme&user=acme');
  });

  it('names this customer where the link names another, once', () => {
    const path = collectionPath('/jobalyzer/v1/x?customerId=other&customerId=third&user=other', 'acme');
    expect(path).toBe('/jobalyzer/v1/x?customerId=acme&user=acme');
  });

  it('names this customer alone where the link names another in PascalCase', () => {
    const { searchParams } = new URL(collectionPath('/jobalyzer/v1/x?CustomerId=other&User=other', 'acme'), API);
    expect([...searchParams.values()]).toEqual(['acme', 'acme']);
  });

  it('encodes a customer that would otherwise say something else', () => {
    expect(collectionPath('/jobalyzer/v1/x', 'a&user=b #c')).toBe(
      '/jobalyzer/v1/x?customerId=a%26user%3Db+%23c&user=a%26user%3Db+%23c',
    );
  });
});
