import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { listenErrorText } from '../../src/lib/listen-error.js';

it('an address of another machine and a name that is none are faults of HOST', async () => {
  const names = ['203.0.113.9', 'no-such-host.invalid'];
  const texts = await Promise.all(
    names.map(async (host) => listenErrorText(await failure(host), { host, port: 4000 })),
  );
  expect(texts).toEqual([
    'HOST: 203.0.113.9 is not an address of this machine.',
    'HOST: no-such-host.invalid is not a name that can be resolved.',
  ]);
});

it.each([
  ['EADDRINUSE', /^PORT: 80 is already in use on ::1;/],
  ['EACCES', /^PORT: this process may not listen on 80;/],
  ['EINVAL', /^HOST, PORT: cannot listen/],
])('%s names the setting at fault', (code, text) => {
  expect(listenErrorText(Object.assign(new Error(code), { code }), { host: '::1', port: 80 })).toMatch(text);
});

async function failure(host: string): Promise<unknown> {
  const [error] = await once(createServer().listen(0, host), 'listening').then(
    () => [null],
    (reason: unknown) => [reason],
  );
  return error;
}
