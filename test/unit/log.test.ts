import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createLog, readable } from '../../src/lib/log.js';

const REDACTED = '[redacted]';

/** What is written when `work` logs. */
async function written(forTerminal: boolean, work: (log: ReturnType<typeof createLog>) => void): Promise<string> {
  const lines: string[] = [];
  const destination = new Writable({
    write(line: Buffer, _encoding, done) {
      lines.push(String(line));
      done();
    },
  });
  work(createLog('info', destination, forTerminal ? await readable() : undefined));
  await turn();
  return lines.join('');
}

/** The single line that is written for `object`. */
async function lineOf(object: object): Promise<Record<string, unknown>> {
  const text = await written(false, (log) => log.info(object, 'said'));
  expect(text.split('\n')).toEqual([expect.stringMatching(/^\{.*\}$/), '']);
  return JSON.parse(text) as Record<string, unknown>;
}

describe('the log', () => {
  it.each([
    'authorization',
    'headers',
    'clientSecret',
    'client_secret',
    'token',
    'access_token',
    'apiKey',
    'x-api-key',
    'Authorization',
  ])('redacts %s at any depth', async (key) => {
    const secret = { [key]: 's3cret' };
    const line = await lineOf({ ...secret, a: secret, b: { c: secret, list: [{ d: { e: secret } }] } });
    expect(line).toMatchObject({
      [key]: REDACTED,
      a: { [key]: REDACTED },
      b: { c: { [key]: REDACTED }, list: [{ d: { e: { [key]: REDACTED } } }] },
    });
    expect(JSON.stringify(line)).not.toContain('s3cret');
  });

  it('redacts objects and lists under such a key', async () => {
    expect(await lineOf({ request: { headers: { cookie: 's3cret' } }, token: ['s3cret'] })).toMatchObject({
      request: { headers: REDACTED },
      token: REDACTED,
    });
  });

  it('redacts what errors carry, and what is bound to a child', async () => {
    const error = Object.assign(new Error('It failed.'), { options: { headers: { authorization: 's3cret' } } });
    expect(await lineOf({ err: error })).toMatchObject({
      err: { message: 'It failed.', options: { headers: REDACTED } },
    });
    expect(await written(false, (log) => log.child({ call: { token: 's3cret' } }).info('said'))).not.toContain(
      's3cret',
    );
  });

  it('redacts at a terminal, too', async () => {
    const text = await written(true, (log) => log.info({ request: { headers: { authorization: 's3cret' } } }, 'said'));
    expect(text).toContain('said');
    expect(text).toContain(REDACTED);
    expect(text).not.toContain('s3cret');
  });

  it('writes everything else as it is', async () => {
    const object = { tokens: 3, a: { header: 'x', text: '{"token":"not a key"}' }, n: null };
    expect(await lineOf(object)).toMatchObject({ ...object, msg: 'said', level: 30 });
  });

  it('writes only what is at its level or above', async () => {
    expect(await written(false, (log) => log.debug('said'))).toBe('');
  });
});
