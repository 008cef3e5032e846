import { describe, expect, it } from 'vitest';
import { goesThroughProxy, parseProxy } from '../../src/settings/proxy.js';

describe('HTTPS_PROXY', () => {
  it.each([
    ['http://proxy.example:3128', { origin: 'http://proxy.example:3128', authorization: null }],
    ['proxy.example:3128', { origin: 'http://proxy.example:3128', authorization: null }],
    ['https://proxy.example/', { origin: 'https://proxy.example', authorization: null }],
    ['http://me:a%3Ab@proxy.example', { origin: 'http://proxy.example', authorization: 'Basic bWU6YTpi' }],
    ['http://me@proxy.example', { origin: 'http://proxy.example', authorization: 'Basic bWU6' }],
  ])('%s is %o', (value, proxy) => {
    const parsed = parseProxy(value);
    expect({ ...parsed, authorization: parsed?.authorization?.reveal() ?? null }).toEqual(proxy);
  });

  it.each([
    'socks5://proxy.example',
    'http://proxy.example/path',
    'http://',
    'http://a:%zz@proxy.example',
    'http://p?q',
  ])('%s is none', (value) => expect(parseProxy(value)).toBeNull());
});

describe('NO_PROXY', () => {
  it.each([
    ['', 'https://api.example'],
    ['example', 'http://127.0.0.1:4010'],
    ['api.example:8443', 'https://api.example'],
    ['pi.example', 'https://api.example'],
    ['10.0.0.0/8', 'https://11.0.0.1'],
    ['10.0.0.0/', 'https://11.0.0.1'],
    ['10.0.0.0/33', 'https://10.0.0.1'],
    ['10.0.0.1', 'https://10.0.0.1.example'],
    ['::2', 'https://[::1]'],
    [' , ', 'https://api.example'],
  ])('%j leaves %s to the proxy if it is https', (noProxy, target) => {
    expect(goesThroughProxy(target, noProxy)).toBe(target.startsWith('https:'));
  });

  it.each([
    ['*', 'https://api.example'],
    ['other, API.example', 'https://api.example'],
    ['example', 'https://api.example'],
    ['.example', 'https://api.example'],
    ['*.example', 'https://api.example'],
    ['api.example.', 'https://api.example'],
    ['api.example', 'https://api.example.'],
    ['api.example:443', 'https://api.example'],
    ['api.example:8443', 'https://api.example:8443'],
    ['10.0.0.0/8', 'https://10.9.8.7'],
    ['10.9.8.7', 'https://10.9.8.7'],
    ['::1', 'https://[::1]'],
    ['[::1]:8443', 'https://[::1]:8443'],
    ['fd00::/8', 'https://[fd12::1]'],
  ])('%j exempts %s', (noProxy, target) => expect(goesThroughProxy(target, noProxy)).toBe(false));
});
