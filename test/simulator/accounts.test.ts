import { describe, expect, it } from 'vitest';
import { SIMULATOR_CLIENT_ID, SIMULATOR_CLIENT_SECRET } from '../../src/simulator/simulator.js';
import { askToken, CALLER, clientOf, NURSE, started, stopClock, tokenForm } from './helpers.js';

describe('the token endpoint of the simulator', () => {
  it('issues a bearer token with an expires_in of 3600', async () => {
    const { status, body } = await askToken(await started());
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.stringMatching(/.{40,}/),
      expires_in: 3600,
      token_type: 'Bearer',
      scope: 'jobalyzer',
    });
  });

  it('issues a different token each time', async () => {
    const simulator = await started();
    const [one, two] = [await askToken(simulator), await askToken(simulator)];
    expect(one.body.access_token).not.toBe(two.body.access_token);
    expect(simulator.counters().tokens).toBe(2);
  });

  it.each([
    ['another grant type', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['another scope', { scope: 'openid' }, 'invalid_scope'],
    ['no scope', { scope: undefined }, 'invalid_request'],
    ['no client id', { client_id: undefined }, 'invalid_request'],
    ['an empty secret', { client_secret: '' }, 'invalid_request'],
  ])('rejects %s', async (_case, changes, error) => {
    const simulator = await started();
    expect(await askToken(simulator, tokenForm(changes))).toMatchObject({ status: 400, body: { error } });
    expect(simulator.counters().tokens).toBe(0);
  });

  it('rejects a repeated field', async () => {
    const reply = await askToken(await started(), `${tokenForm()}&client_id=other`);
    expect(reply).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it('accepts only forms', async () => {
    const simulator = await started();
    const json = JSON.stringify(Object.fromEntries(new URLSearchParams(tokenForm())));
    expect(await askToken(simulator, json, 'application/json')).toMatchObject({ body: { error: 'invalid_request' } });
    expect(await askToken(simulator, tokenForm(), 'text/plain')).toMatchObject({ body: { error: 'invalid_request' } });
  });

  it('accepts only the configured credentials, if any', async () => {
    const pair = { clientId: SIMULATOR_CLIENT_ID, clientSecret: SIMULATOR_CLIENT_SECRET };
    const simulator = await started(pair);
    const right = tokenForm({ client_id: pair.clientId, client_secret: pair.clientSecret });
    expect((await askToken(simulator, right)).status).toBe(200);
    for (const wrong of [{ client_id: 'x' }, { client_secret: 'x' }]) {
      const form = tokenForm({ client_id: pair.clientId, client_secret: pair.clientSecret, ...wrong });
      expect(await askToken(simulator, form)).toMatchObject({ status: 400, body: { error: 'invalid_client' } });
    }
  });

  it('does not apply the letter case setting to OAuth fields', async () => {
    expect((await askToken(await started({ letterCase: 'camel' }))).body).toHaveProperty('access_token');
  });
});

describe('a token of the simulator', () => {
  it('is required for reports and lookups', async () => {
    const simulator = await started();
    const client = await clientOf(simulator);
    const paths = [
      'reports/pay/x',
      'reports/yoe/x',
      'autocomplete/JobTitle?Term=nurse',
      'jobtitlematch?JobTitle=nurse',
      'locations/s',
      ...['skills', 'certs', 'education'].map((kind) => `impact/${kind}?jobTitle=Cashier`),
    ];
    for (const path of paths.flatMap((path) => [`/jobalyzer/v1/${path}`, `/jobalyzer/v2/${path}`])) {
      const response = await fetch(`${simulator.origin}${path}`);
      expect(response.status, path).toBe(401);
      expect(await response.json()).toMatchObject({ Errors: [{ Code: 'Unauthorized' }] });
      expect((await client.get(path)).status, `${path} with a token`).toBe(path.includes('/reports/') ? 404 : 200);
    }
    for (const version of ['v1', 'v2']) {
      const url = `${simulator.origin}/jobalyzer/${version}/reports`;
      expect((await fetch(url, { method: 'POST' })).status).toBe(401);
    }
    expect(simulator.counters().unauthorized).toBe(2 * paths.length + 2);
  });

  it('is rejected if it was modified or issued by another simulator', async () => {
    const [here, there] = [await started(), await started()];
    const { authorization } = await clientOf(there);
    const url = `${here.origin}/jobalyzer/v2/locations/sea?${CALLER}`;
    expect((await fetch(url, { headers: { authorization } })).status).toBe(401);
    const own = (await clientOf(here)).authorization;
    expect((await fetch(url, { headers: { authorization: own } })).status).toBe(200);
    expect((await fetch(url, { headers: { authorization: `${own}x` } })).status).toBe(401);
    expect(here.counters().unauthorized).toBe(2);
  });

  it('expires after tokenLifeMs, whatever expires_in says', async () => {
    const moveClock = stopClock();
    const simulator = await started({ tokenLifeMs: 150 });
    const client = await clientOf(simulator);
    expect((await client.ask(NURSE)).status).toBe(200);
    moveClock(149);
    expect((await client.ask(NURSE)).status).toBe(200);
    moveClock(1);
    expect((await client.ask(NURSE)).status).toBe(401);
  });

  it('can be revoked and replaced', async () => {
    const simulator = await started();
    const client = await clientOf(simulator);
    simulator.revokeTokens();
    expect((await client.get('/jobalyzer/v2/locations/sea')).status).toBe(401);
    expect((await (await clientOf(simulator)).get('/jobalyzer/v2/locations/sea')).status).toBe(200);
  });
});
