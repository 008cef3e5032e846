import { describe, expect, it } from 'vitest';
import {
  PayAndYoeDocument,
  RequestReportDocument,
  SkillImpactDocument,
  SuggestLocationsDocument,
} from '../generated/operations.js';
import {
  hang,
  json,
  raw,
  redirect,
  rejected,
  reset,
  status,
  truncated,
  type Step,
} from '../fixtures/upstream/upstream.js';
import { numbered } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';

useServers({ pendingPolls: 0 });

/** Everything that can go wrong with one request; one response echoes the request, as error pages of proxies do. */
const FAULTS: Step[] = [
  status(400),
  status(401),
  status(403),
  status(404),
  status(429, undefined, { 'retry-after': '20' }),
  status(500, 'Stack trace'),
  status(502),
  status(503, undefined, { 'retry-after': '20' }),
  ({ headers, body }) => json({ Errors: [{ Message: 'Denied', Code: 'Denied' }], headers, body }, 500),
  reset(),
  hang(),
  truncated(),
  raw('<html>'),
  raw(''),
  redirect('/elsewhere'),
  rejected(),
];

describe('secrets', () => {
  it('appear neither in the log nor in a response, whatever fails', async ({ upstream, start }) => {
    const timeouts = { token: 150, submit: 150, poll: 150, lookup: 150 };
    const answers: unknown[] = [];
    const logged: string[] = [];
    await Promise.all(
      FAULTS.map(async (fault, index) => {
        // A new server per fault, so that none is affected by the others.
        const server = await start({ overrides: { timeouts } });
        for (const [turn, kind] of (['token', 'submit', 'poll', 'lookup'] as const).entries()) {
          const queue = kind === 'poll' ? upstream.script.poll('pay') : upstream.script[kind];
          queue.push(fault);
          const given = numbered(index * 4 + turn);
          answers.push(
            await server.run(PayAndYoeDocument, { answers: given, payWaitMs: 250, yoeWaitMs: 250 }),
            await server.run(RequestReportDocument, { answers: given, resubmitUncertain: true }),
            await server.run(SkillImpactDocument, { jobTitle: `Cashier ${turn}` }),
            await server.run(SuggestLocationsDocument, { term: `Berlin ${turn}` }),
          );
          if (kind === 'token') upstream.revokeTokens();
        }
        await server.stop();
        logged.push(...server.logged);
      }),
    );
    const { clientSecret } = upstream.options;
    expect(upstream.tokensIssued).toBeGreaterThan(16);
    expect(logged.length).toBeGreaterThan(300);
    const all = JSON.stringify([answers, logged]);
    expect(all).toContain('UPSTREAM_');
    for (const secret of [
      clientSecret,
      encodeURIComponent(clientSecret),
      String(new URLSearchParams({ s: clientSecret })).slice(2),
    ]) {
      expect(all).not.toContain(secret);
    }
    expect(all).not.toContain('s3cret');
    expect(all).not.toContain('access-token-');
    expect(all).not.toMatch(/bearer /i);
  });

  it('do not appear in the log or a response when everything works', async ({ upstream, start }) => {
    const server = await start();
    upstream.script.poll('pay').push(() => {
      upstream.revokeTokens();
      return status(401);
    });
    const answer = await server.run(PayAndYoeDocument, { answers: numbered(1) });
    expect(answer.errors).toEqual([]);
    const all = JSON.stringify([answer, server.logged, Object.fromEntries(answer.headers)]);
    expect(all).not.toMatch(/s3cret|access-token-/);
    // The answers are personal data and must not be logged either.
    expect(server.logged.join('')).not.toContain('Seattle');
  });
});
